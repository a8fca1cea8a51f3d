#include "sim/report/record_fill.h"

void sq_record_look(struct sq_record_view *view, const struct sq_network *network,
                    const struct sq_op *op, const struct sq_node *node,
                    const struct sq_outcome *outcome)
{
    const size_t n_steps = network->config.timesteps;
    view->network = network;
    view->outcome = outcome;
    view->op = op;
    view->node = node;
    view->own = outcome->tally + (size_t)(node - network->node) * n_steps;
    for (size_t s = 0; s < node->n_sources; s++)
        view->source[s] = outcome->tally + node->source[s] * n_steps;
}

/* Does its first source send a stream of reals? */
static int reads_reals(const struct sq_record_view *view)
{
    return view->network->node[view->node->source[0]].sends_reals;
}

static void count_layer(const struct sq_record_view *view, size_t t, struct sq_op_count *step)
{
    const struct sq_tally *own = &view->own[t];
    step->nonzeros = own->events;
    step->units = view->op->is_analog || view->op->is_real ? 0 : view->source[0][t].units;
    step->fanout = own->additions;
    step->unit_fanout = own->unit_additions;
    step->fanout_live = own->live_additions;
    step->out_nonzeros = view->op->n_out;
}

static void count_neurons(const struct sq_record_view *view, size_t t, struct sq_op_count *step)
{
    step->nonzeros = sq_node_is_attention(view->node) ? view->own[t].currents : view->op->n_in;
    step->out_nonzeros = view->own[t].spikes;
}

/* Pooled or added reals are taken as nowhere zero. */
static void count_reals(const struct sq_record_view *view, struct sq_op_count *step)
{
    step->nonzeros = step->nonzeros_b = step->both = view->op->n_in;
    step->units = step->windows = 0;
    step->out_nonzeros = view->op->n_out;
}

static void count_relay(const struct sq_record_view *view, size_t t, struct sq_op_count *step)
{
    const struct sq_tally *own = &view->own[t];
    if (reads_reals(view)) {
        count_reals(view, step);
        return;
    }
    step->nonzeros = view->source[0][t].spikes;
    step->units = view->source[0][t].units;
    step->out_nonzeros = own->spikes;
    step->windows = own->windows;
    step->both = own->both;
    if (view->node->n_sources > 1)
        step->nonzeros_b = view->source[1][t].spikes;
}

static void count_ssa(const struct sq_record_view *view, size_t t, struct sq_op_count *step)
{
    const struct sq_tally *own = &view->own[t];
    step->q = view->source[0][t].spikes;
    step->k = view->source[1][t].spikes;
    step->v = view->source[2][t].spikes;
    for (int order = 0; order < 2; order++) {
        step->coincidences[order] = own->coincidences[order];
        step->events2[order] = own->events2[order];
    }
    step->unary2 = own->unary2;
    step->out_nonzeros = own->currents;
}

/* The tallies of the population that another node's packets come from: of an AND of spikes, of one of
 * its operands. */
static uint64_t spikes_of(const struct sq_record_view *view, const struct sq_node *node, size_t t)
{
    const size_t n_steps = view->network->config.timesteps;
    return view->outcome->tally[(size_t)(node - view->network->node) * n_steps + t].spikes;
}

/* A sum of spikes, with the rates that formulas of attention go by: of what the sum gates, as q; and of
 * the first operand of what it sums, as k. */
static void count_sum(const struct sq_record_view *view, size_t t, struct sq_op_count *step)
{
    const struct sq_network *network = view->network;
    const struct sq_node *node = view->node, *from = &network->node[node->source[0]];
    step->nonzeros = step->units = view->source[0][t].spikes;
    step->out_nonzeros = view->own[t].currents;
    step->q = step->k = step->nonzeros;
    while (from->kind == SQ_NODE_ERODE || from->kind == SQ_NODE_AND)
        from = &network->node[from->source[0]];
    step->k = spikes_of(view, from, t);
    for (uint16_t i = 0; i < node->n_targets; i++) {
        const struct sq_node *gate = &network->node[node->target[i]];
        if (gate->kind == SQ_NODE_AND)
            step->q = spikes_of(view, &network->node[gate->source[0]], t);
    }
}

/* A product of DSSA: spikes, of its second source, and the rows of the first that they add. */
static void count_dssa(const struct sq_record_view *view, size_t t, struct sq_op_count *step)
{
    const struct sq_tally *own = &view->own[t];
    step->nonzeros = step->units = own->events;
    step->fanout = own->additions;
    step->unit_fanout = own->unit_additions;
    step->fanout_live = own->live_additions;
    step->out_nonzeros = own->currents;
}

static void count_mean(const struct sq_record_view *view, size_t t, struct sq_op_count *step)
{
    if (reads_reals(view)) {
        count_reals(view, step);
        return;
    }
    step->nonzeros = view->source[0][t].spikes;
    step->units = view->source[0][t].units;
    step->out_nonzeros = view->op->n_out;
}

static void count_norm(const struct sq_record_view *view, size_t t, struct sq_op_count *step)
{
    (void)t;
    step->nonzeros = view->op->n_in;
    step->out_nonzeros = view->op->n_out;
}

/* SSA: are the first products, scaled, 0 or 1 in all timesteps? */
static unsigned ssa_flags(const struct sq_record_view *view, size_t n_steps)
{
    uint64_t not_binary[2] = {0, 0};
    for (size_t t = 0; t < n_steps; t++)
        for (int order = 0; order < 2; order++)
            not_binary[order] += view->own[t].not_binary[order];
    return SQ_HAS_ORDER_QK | SQ_HAS_ORDER_KV |
           (not_binary[SQ_QK_FIRST] == 0 ? SQ_IS_BINARY_QK : 0) |
           (not_binary[SQ_KV_FIRST] == 0 ? SQ_IS_BINARY_KV : 0);
}

/* Residual additions: are the operands spikes, or integers? */
static unsigned add_flags(const struct sq_record_view *view, size_t n_steps)
{
    int binary[2] = {1, 1};
    for (size_t t = 0; t < n_steps; t++)
        for (int i = 0; i < 2; i++)
            binary[i] &= view->source[i][t].units == view->source[i][t].spikes;
    return (binary[0] ? SQ_IS_BINARY : 0) | (binary[1] ? SQ_IS_BINARY_B : 0);
}

/* The first layer: are its inputs the event counts of a camera's frames? */
static unsigned pixel_flags(const struct sq_record_view *view)
{
    return sq_outcome_has_counts(view->outcome, view->network) ? SQ_IS_COUNTS : 0;
}

/* The classifier's input is real: the data of its spike test were noted at the readout. */
static void describe_head(const struct sq_record_view *view, struct sq_op_group *call)
{
    const size_t last = view->network->config.timesteps - 1;
    call->n_steps = 1;
    call->is = SQ_IS_REAL | SQ_HAS_LIVE;
    call->real_sum = view->outcome->feature_total;
    call->max = (double)view->outcome->feature_max;
    call->distinct = view->outcome->feature_distinct;
    count_layer(view, last, &call->step[0]);
}

/* A relay of reals, or a mean of them. */
static int is_of_reals(const struct sq_record_view *view)
{
    const enum sq_op_kind kind = view->op->kind;
    return (kind == SQ_OP_ADD || kind == SQ_OP_POOL || kind == SQ_OP_MEAN) && reads_reals(view);
}

void sq_record_fill(const struct sq_record_view *view, struct sq_op_group *call)
{
    static void (*const count[SQ_OP_KINDS])(const struct sq_record_view *, size_t,
                                            struct sq_op_count *) = {
        [SQ_OP_CONV] = count_layer,     [SQ_OP_LINEAR] = count_layer, [SQ_OP_NORM] = count_norm,
        [SQ_OP_NEURON] = count_neurons, [SQ_OP_POOL] = count_relay,   [SQ_OP_SSA] = count_ssa,
        [SQ_OP_ADD] = count_relay,      [SQ_OP_MEAN] = count_mean,    [SQ_OP_GATE] = count_relay,
        [SQ_OP_SUM] = count_sum,        [SQ_OP_DSSA] = count_dssa,
    };
    const struct sq_op *op = view->op;
    if (op->is_head) {
        describe_head(view, call);
        return;
    }
    for (size_t t = 0; t < call->n_steps; t++)
        count[op->kind](view, t, &call->step[t]);
    if (op->is_analog || op->is_real || op->kind == SQ_OP_NORM || is_of_reals(view))
        call->is = SQ_IS_REAL | (op->is_analog ? pixel_flags(view) : 0);
    else if (op->kind == SQ_OP_SSA)
        call->is = ssa_flags(view, call->n_steps);
    else if (op->kind == SQ_OP_ADD)
        call->is = add_flags(view, call->n_steps);
    else if (op->kind == SQ_OP_DSSA)
        call->max = 1;
    else if (op->kind != SQ_OP_NEURON)
        call->max = view->network->node[view->node->source[0]].max_value /
                    sq_node_levels(&view->network->node[view->node->source[0]]);
    if (op->kind == SQ_OP_CONV || op->kind == SQ_OP_LINEAR)
        call->is |= SQ_HAS_LIVE;
}
