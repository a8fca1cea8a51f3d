#include "sim/account/price/spikingjelly.h"

#include "sim/account/price/pricing.h"

void sq_spikingjelly_add(struct sq_spikingjelly *sum, const struct sq_spikingjelly *add)
{
    sum->synop += add->synop;
    sum->ac += add->ac;
    sum->mac += add->mac;
    sum->state_ac += add->state_ac;
}

static void add_synops(struct sq_spikingjelly *c, uint64_t n)
{
    c->synop += n;
    c->ac += n;
}

static uint64_t bias_additions(const struct sq_op *op, const struct sq_switches *switches,
                               uint64_t frames)
{
    if (op->kind != SQ_OP_LINEAR || !op->has_bias || switches->sj_bias == SQ_SJ_BIAS_ADDMM)
        return 0;
    if (switches->sj_bias == SQ_SJ_BIAS_LAYOUT && !op->bias_is_added)
        return 0;
    return op->n_out * frames;
}

static void count_layer(const struct sq_op *op, const struct sq_op_group *group,
                        struct sq_spikingjelly *c)
{
    const struct sq_op_count sum = sq_group_sum(group);
    if (group->is & SQ_IS_BINARY)
        add_synops(c, op->weights_binary ? sum.fanout_live : sum.fanout);
    else if (op->weights_binary && op->kind == SQ_OP_CONV)
        add_synops(c, (op->weights - op->weight_zeros) * sum.frames * op->positions);
    else if (op->weights_binary)
        add_synops(c, (op->weights - op->weight_zeros) * op->positions * sum.frames);
    else
        c->mac += op->dense_full * sum.frames;
}

void sq_spikingjelly_ssa(const struct sq_op *op, struct sq_spikingjelly *first,
                         struct sq_spikingjelly *second)
{
    for (size_t g = 0; g < op->n_groups; g++) {
        const struct sq_op_group *group = &op->group[g];
        const struct sq_op_count sum = sq_group_sum(group);
        add_synops(first, sum.coincidences[op->order]);
        if (op->order == SQ_QK_FIRST && group->is & SQ_IS_BINARY_QK)
            add_synops(second, (uint64_t)((double)sum.unary2 * op->scale));
        else if (op->order == SQ_KV_FIRST && group->is & SQ_IS_BINARY_KV)
            add_synops(second, sum.unary2);
        else
            add_synops(second, op->order == SQ_QK_FIRST ? sum.v * op->tokens
                                                        : sum.q * (sq_op_dim_v(op) / op->heads));
    }
}

static void count_group(const struct sq_op *op, const struct sq_op_group *group,
                        const struct sq_switches *switches, struct sq_spikingjelly *c)
{
    const struct sq_op_count sum = sq_group_sum(group);
    const unsigned both_binary = SQ_IS_BINARY | SQ_IS_BINARY_B;
    switch (op->kind) {
    case SQ_OP_CONV:
    case SQ_OP_LINEAR:
        count_layer(op, group, c);
        c->ac += bias_additions(op, switches, sum.frames);
        break;
    case SQ_OP_NORM:
        c->ac += op->out_channels * group->n_calls + op->n_in * sum.frames;
        c->mac += op->is_affine ? op->n_in * sum.frames : 0;
        break;
    case SQ_OP_NEURON:
        c->ac += group->neuron_acs;
        c->state_ac += group->neuron_acs;
        break;
    case SQ_OP_ADD:
        c->ac += (group->is & both_binary) == both_binary ? sum.nonzeros + sum.nonzeros_b
                                                          : op->n_in * sum.frames;
        break;
    case SQ_OP_MEAN:
        /* over tokens, then over T: n(in) - n(out) each */
        c->ac += op->n_in * sum.frames - op->n_out * (sum.frames / op->positions);
        break;
    case SQ_OP_SUM: /* a sum over one axis: n(in) - n(out) */
        c->ac += (op->n_in - op->n_out) * sum.frames;
        break;
    case SQ_OP_DSSA: /* bmm of reals and spikes */
        add_synops(c, sum.fanout);
        break;
    default: /* AND is mul, which its tables price as nothing */
        break;
    }
}

struct sq_spikingjelly sq_spikingjelly_count(const struct sq_op *op,
                                             const struct sq_switches *switches)
{
    struct sq_spikingjelly c = {0};
    if (op->kind == SQ_OP_SSA) {
        struct sq_spikingjelly second = {0};
        sq_spikingjelly_ssa(op, &c, &second);
        sq_spikingjelly_add(&c, &second);
        return c;
    }
    for (size_t g = 0; g < op->n_groups; g++)
        count_group(op, &op->group[g], switches, &c);
    return c;
}

void sq_spikingjelly_cost(const struct sq_pricing *pricing, const struct sq_op *op,
                          struct sq_cost *cost)
{
    const struct sq_spikingjelly c = sq_spikingjelly_count(op, pricing->switches);
    sq_cost_set_counts(cost, c.ac, c.mac, pricing->samples);
}
