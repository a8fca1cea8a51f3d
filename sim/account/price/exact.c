#include "sim/account/price/exact.h"

#include "sim/account/price/pricing.h"

/* Convolution and linear layers, the head among them. */
static void count_synapses(const struct sq_op *op, const struct sq_op_count *sum, uint64_t n_calls,
                           struct sq_exact *c)
{
    c->dense_in = op->dense_in * sum->frames;
    if (op->has_bias)
        c->bias_adds = op->n_out * sum->frames;
    else if (op->bn_bias)
        c->bn_bias_adds = op->n_out * sum->frames;
    c->has_live = op->weight_zeros == 0;
    if (op->is_head) {
        c->mac = c->mac_nonzero = c->mac_once = sum->nonzeros * op->fan;
        c->ac_events = sum->fanout;
        return;
    }
    if (op->is_real) {
        c->mac = c->mac_nonzero = c->mac_once = c->dense_in;
        return;
    }
    if (op->is_analog) {
        c->mac = c->dense_in;
        c->mac_nonzero = sum->fanout;
        c->mac_once = op->is_static ? op->dense_in * n_calls : c->dense_in;
        return;
    }
    c->ac_events = sum->fanout;
    c->ac_unary = sum->unit_fanout;
    c->ac_live = c->has_live ? sum->fanout : sum->fanout_live;
}

static void count_ssa(const struct sq_op *op, const struct sq_op_count *sum, unsigned is,
                      struct sq_exact *c)
{
    c->has_ssa = (is & (op->order == SQ_QK_FIRST ? SQ_HAS_ORDER_QK : SQ_HAS_ORDER_KV)) != 0;
    c->ssa_first = sum->coincidences[op->order];
    c->ssa_second_events = sum->events2[op->order];
    c->ssa_second_unary = sum->unary2;
}

/* Calls whose pixels are event counts. */
static void add_counts(const struct sq_op *op, const struct sq_op_count *sum, struct sq_exact *c)
{
    c->has_counts = 1;
    c->count_events += sum->fanout;
    c->count_units += sum->unit_fanout;
    c->count_mac += op->dense_in * sum->frames;
}

struct sq_exact sq_exact_of(const struct sq_op *op, const struct sq_op_count *sum, uint64_t n_calls,
                            unsigned is)
{
    struct sq_exact c = {0};
    switch (op->kind) {
    case SQ_OP_CONV:
    case SQ_OP_LINEAR:
        count_synapses(op, sum, n_calls, &c);
        if (op->is_analog && (is & SQ_IS_COUNTS))
            add_counts(op, sum, &c);
        if (is & SQ_HAS_LIVE) {
            c.has_live = 1;
            c.ac_live = op->is_analog || op->is_head || op->is_real ? 0 : sum->fanout_live;
        }
        break;
    case SQ_OP_NORM:
        c.bn_mac = op->n_in * sum->frames;
        break;
    case SQ_OP_NEURON:
        c.updates = op->n_in * sum->frames;
        c.spikes = sum->out_nonzeros;
        break;
    case SQ_OP_POOL:
        c.or_events = sum->windows;
        c.or_dense = op->or_dense * sum->frames;
        break;
    case SQ_OP_SSA:
        count_ssa(op, sum, is, &c);
        break;
    case SQ_OP_ADD:
        c.adds_both = sum->both;
        c.adds_dense = op->n_in * sum->frames;
        break;
    case SQ_OP_SUM:
        c.ac_events = c.ac_unary = c.ac_live = sum->nonzeros;
        c.has_live = 1;
        break;
    case SQ_OP_DSSA:
        c.ac_events = c.ac_unary = c.ac_live = sum->fanout;
        c.has_live = 1;
        break;
    case SQ_OP_GATE: /* an AND of two spikes adds nothing */
    case SQ_OP_MEAN: /* never priced here; spikingjelly prices its additions */
    case SQ_OP_KINDS:
        break;
    }
    return c;
}

struct sq_exact sq_exact_count(const struct sq_op *op)
{
    const struct sq_op_count sum = sq_op_sum(op);
    uint64_t n_calls = 0;
    unsigned is = ~0u;
    for (size_t g = 0; g < op->n_groups; g++) {
        n_calls += op->group[g].n_calls;
        is &= op->group[g].is;
    }
    struct sq_exact c = sq_exact_of(op, &sum, n_calls, is & ~(unsigned)SQ_IS_COUNTS);
    for (size_t g = 0; op->is_analog && g < op->n_groups; g++)
        if (op->group[g].is & SQ_IS_COUNTS) {
            const struct sq_op_count part = sq_group_sum(&op->group[g]);
            add_counts(op, &part, &c);
        }
    return c;
}

/* Event counts that enter the first layer as events, no multiplication. */
static int takes_events(const struct sq_op *op, const struct sq_exact *c,
                        const struct sq_switches *switches)
{
    return op->is_analog && c->has_counts && switches->first_layer == SQ_FIRST_AUTO;
}

/* Is the input one of integers? A residual stream's is, whatever it held in these timesteps,
 * so that timesteps add up to the run. */
static int is_integer(const struct sq_op *op, const struct sq_exact *c)
{
    return op->from_stream || c->ac_unary != c->ac_events;
}

static uint64_t synaptic_acs(const struct sq_op *op, const struct sq_exact *c,
                             const struct sq_switches *switches)
{
    if (takes_events(op, c, switches))
        return switches->integers == SQ_INTEGERS_MAC     ? 0
               : switches->integers == SQ_INTEGERS_UNITS ? c->count_units
                                                         : c->count_events;
    if (op->is_analog || op->is_head || op->is_real)
        return 0;
    if (is_integer(op, c) && switches->integers == SQ_INTEGERS_MAC)
        return 0;
    if (is_integer(op, c) && switches->integers == SQ_INTEGERS_UNITS)
        return c->ac_unary;
    return switches->zero_weights && c->has_live ? c->ac_live : c->ac_events;
}

uint64_t sq_exact_acs(const struct sq_op *op, const struct sq_exact *c,
                      const struct sq_switches *switches)
{
    uint64_t acs = synaptic_acs(op, c, switches);
    acs += c->ssa_first;
    acs += switches->integers == SQ_INTEGERS_UNITS ? c->ssa_second_unary : c->ssa_second_events;
    if (op->is_head && switches->head == SQ_HEAD_EVENTS)
        acs += c->ac_events;
    if (switches->bias != SQ_BIAS_APART)
        acs += c->bias_adds;
    if (switches->bias == SQ_BIAS_ALL)
        acs += c->bn_bias_adds;
    if (switches->pool)
        acs += c->or_events;
    if (switches->residual)
        acs += c->adds_both;
    return acs;
}

uint64_t sq_exact_macs(const struct sq_op *op, const struct sq_exact *c,
                       const struct sq_switches *switches)
{
    if (op->kind == SQ_OP_NORM)
        return switches->batch_norm ? c->bn_mac : 0;
    if (op->is_head)
        return switches->head == SQ_HEAD_MAC ? c->mac : 0;
    if (op->is_real)
        return c->mac;
    if (takes_events(op, c, switches))
        return c->mac - c->count_mac +
               (switches->integers == SQ_INTEGERS_MAC ? c->count_events : 0);
    if (op->is_analog)
        return switches->first_layer == SQ_FIRST_ONCE      ? c->mac_once
               : switches->first_layer == SQ_FIRST_NONZERO ? c->mac_nonzero
                                                           : c->mac;
    if (switches->integers == SQ_INTEGERS_MAC && is_integer(op, c))
        return c->ac_events;
    return 0;
}

void sq_exact_cost(const struct sq_pricing *pricing, const struct sq_op *op, struct sq_cost *cost)
{
    const struct sq_exact c = sq_exact_count(op);
    sq_cost_set_counts(cost, sq_exact_acs(op, &c, pricing->switches),
                       sq_exact_macs(op, &c, pricing->switches), pricing->samples);
    if (op->kind == SQ_OP_NEURON && !pricing->switches->neurons)
        cost->own_pj =
            sq_neurons_pj(pricing->hardware, c.spikes, c.updates - c.spikes) / pricing->samples;
}
