#include "sim/account/price/lemaire.h"

#include "sim/account/price/bill.h"
#include "sim/account/price/spikingjelly.h"

enum { WORD_BYTES = 4 };

static void raise_to(uint64_t *max, uint64_t value)
{
    if (value > *max)
        *max = value;
}

/* Bytes of the group, and the most that one of its calls can have moved. */
static void count_memory(const struct sq_op *op, const struct sq_op_group *group,
                         const struct sq_op_count *sum, struct sq_lemaire *c)
{
    const uint64_t calls = group->n_calls, call_frames = sum->frames / calls;
    uint64_t in = op->n_in * sum->frames, out = op->n_out * sum->frames, params;
    uint64_t max_in = op->n_in * call_frames, max_out = op->n_out * call_frames, max_params;
    if (group->is & SQ_IS_SPARSE) {
        in = sum->nonzeros;
        max_in = group->max_nonzeros;
        if (group->is & SQ_IS_SPARSE_OUT) {
            out = sum->out_nonzeros;
            max_out = group->max_out_nonzeros;
        }
        params = in * op->fan + (op->has_bias ? out : 0);
        max_params = max_in * op->fan + (op->has_bias ? max_out : 0);
    } else {
        max_params = op->weights + op->biases;
        params = max_params * calls;
    }
    c->read_in += WORD_BYTES * in;
    c->write_out += WORD_BYTES * out;
    c->read_params += WORD_BYTES * params;
    raise_to(&c->max_read_in, WORD_BYTES * max_in);
    raise_to(&c->max_write_out, WORD_BYTES * max_out);
    raise_to(&c->max_read_params, WORD_BYTES * max_params);
}

static void count_addresses(const struct sq_op *op, const struct sq_op_group *group,
                            const struct sq_op_count *sum, struct sq_lemaire *c)
{
    if (group->is & SQ_IS_BINARY) {
        c->acc_addr += sum->nonzeros * op->fan;
        c->mac_addr += op->kind == SQ_OP_CONV ? 2 * sum->nonzeros : 0;
        return;
    }
    c->acc_addr += (op->n_in + op->n_out) * sum->frames;
    if (op->kind == SQ_OP_CONV)
        c->acc_addr += op->out_channels * op->kernel * group->n_calls;
}

/* One step of a LIF layer: m neurons, q silent, z nonzero inputs where the input is sparse. */
static void count_state(const struct sq_op *op, const struct sq_op_group *group,
                        struct sq_lemaire *c)
{
    for (size_t t = 0; t < group->n_steps; t++) {
        const struct sq_op_count *step = &group->step[t];
        const uint64_t call_neurons = op->n_in * (step->frames / group->n_calls);
        const uint64_t m = op->n_in * step->frames, q = m - step->out_nonzeros;
        const uint64_t saved = call_neurons * step->sparse_calls - step->sparse_nonzeros;
        c->state_acc += 6 * m;
        c->state_mac += 2 * m;
        c->read_potential += WORD_BYTES * (7 * m + q - saved);
        c->write_potential += WORD_BYTES * (5 * m + q - saved);
        raise_to(&c->potential_size, WORD_BYTES * call_neurons);
    }
}

void sq_lemaire_add(struct sq_lemaire *sum, const struct sq_op *op,
                    const struct sq_switches *switches)
{
    const struct sq_spikingjelly ops = sq_spikingjelly_count(op, switches);
    sum->synop += ops.synop;
    sum->ac += ops.ac - ops.state_ac;
    sum->mac += ops.mac;
    if (op->kind == SQ_OP_NEURON && !(sum->has_state && switches->lemaire_state)) {
        sum->has_state = 1;
        for (size_t g = 0; g < op->n_groups; g++)
            count_state(op, &op->group[g], sum);
    }
    if (op->kind != SQ_OP_CONV && op->kind != SQ_OP_LINEAR)
        return;
    for (size_t g = 0; g < op->n_groups; g++) {
        const struct sq_op_count part = sq_group_sum(&op->group[g]);
        if (op->group[g].n_calls == 0)
            continue;
        count_addresses(op, &op->group[g], &part, sum);
        count_memory(op, &op->group[g], &part, sum);
    }
}

double sq_lemaire_byte_pj(uint64_t buffer_bytes)
{
    static const double x[] = {0, 8192, 32768, 1048576}, y[] = {0, 2.5, 5, 25};
    const double b = (double)buffer_bytes;
    for (int i = 1; i < 4; i++)
        if (b <= x[i])
            return y[i - 1] + (y[i] - y[i - 1]) / (x[i] - x[i - 1]) * (b - x[i - 1]);
    return y[3];
}

struct sq_lemaire_price sq_lemaire_price(const struct sq_lemaire *sum,
                                         const struct sq_switches *switches)
{
    const double e_add = 0.1, e_mul = 3.1, e_mac = e_mul + e_add;
    const uint64_t synop = switches->lemaire_synop ? 0 : sum->synop;
    struct sq_lemaire_price p = {0};
    p.ops_pj = (double)(synop + sum->ac + sum->state_acc) * e_add +
               (double)(sum->mac + sum->state_mac) * e_mac;
    p.addressing_pj = (double)sum->acc_addr * e_add + (double)sum->mac_addr * e_mac;
    p.inout_pj = (double)sum->read_in * sq_lemaire_byte_pj(sum->max_read_in) +
                 (double)sum->write_out * sq_lemaire_byte_pj(sum->max_write_out);
    p.params_pj = (double)sum->read_params * sq_lemaire_byte_pj(sum->max_read_params);
    const double state_pj = sq_lemaire_byte_pj(sum->potential_size);
    p.potential_pj =
        (double)sum->read_potential * state_pj + (double)sum->write_potential * state_pj;
    p.memory_pj = p.inout_pj + p.params_pj + p.potential_pj;
    p.total_pj = p.ops_pj + p.addressing_pj + p.memory_pj;
    return p;
}

/* The largest buffers of the whole network decide the price of a byte. */
int sq_lemaire_begin(struct sq_error *err, struct sq_arena *arena, struct sq_pricing *pricing)
{
    const struct sq_counters *counters = &pricing->source->counters;
    struct sq_lemaire *sum = sq_arena_alloc(arena, 1, sizeof *sum);
    if (sum == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for the bill");
    *sum = (struct sq_lemaire){0};
    for (size_t i = 0; i < counters->n_ops; i++)
        sq_lemaire_add(sum, &counters->op[i], pricing->switches);
    pricing->network = sum;
    return SQ_OK;
}

/* Was the state of a LIF layer before this operation charged? */
static int has_state_before(const struct sq_counters *counters, const struct sq_op *op)
{
    for (const struct sq_op *at = counters->op; at < op; at++)
        if (at->kind == SQ_OP_NEURON)
            return 1;
    return 0;
}

void sq_lemaire_cost(const struct sq_pricing *pricing, const struct sq_op *op, struct sq_cost *cost)
{
    const struct sq_lemaire *network = pricing->network;
    const struct sq_spikingjelly ops = sq_spikingjelly_count(op, pricing->switches);
    struct sq_lemaire own = {.has_state = has_state_before(&pricing->source->counters, op)};
    sq_lemaire_add(&own, op, pricing->switches);
    own.max_read_in = network->max_read_in;
    own.max_write_out = network->max_write_out;
    own.max_read_params = network->max_read_params;
    own.potential_size = network->potential_size;
    sq_cost_set_counts(cost, ops.ac, ops.mac, pricing->samples);
    cost->own_pj = sq_lemaire_price(&own, pricing->switches).total_pj / pricing->samples;
}

void sq_lemaire_sum(const struct sq_pricing *pricing, struct sq_bill *bill)
{
    sq_bill_sum(pricing, bill);
    bill->known_mj =
        sq_lemaire_price(pricing->network, pricing->switches).total_pj / pricing->samples / 1e9;
}
