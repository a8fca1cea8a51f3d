#include "sim/report/record.h"

#include "sim/account/shapes.h"

#include <stdlib.h>
#include <string.h>

struct sq_record {
    const struct sq_network *network;
    struct sq_counters counters;
    const struct sq_node **node; /* [n_ops] whose tallies tell of the operation */
    struct sq_samples samples;
    struct sq_switches switches;
    /* [kinds][T] and its sums, of the call at hand: one for all calls of a kind, which write the
     * same members, so that it stays in the cache and is set up once. */
    struct sq_op_count *step, sum;
    struct sq_op_group call;
};

/* What one operation of one sample is filled from. */
struct view {
    const struct sq_record *record;
    const struct sq_outcome *outcome;
    const struct sq_op *op;
    const struct sq_node *node;
    const struct sq_tally *own, *source[SQ_MAX_SOURCES]; /* [T] of the node and its sources */
};

static int names_node(const struct sq_op *op, const struct sq_node *node)
{
    const size_t n = strlen(node->name);
    switch (op->kind) {
    case SQ_OP_CONV:
    case SQ_OP_LINEAR:
        if (op->is_head)
            return node->kind == SQ_NODE_HEAD;
        return node->synapse != NULL && strcmp(op->name, node->synapse->name) == 0;
    case SQ_OP_SSA: /* "block.0.attn.ssa" stands in front of "block.0.attn.attn_lif" */
        return node->kind == SQ_NODE_ATTEND &&
               strncmp(op->name, node->name, n - strlen("attn_lif")) == 0;
    case SQ_OP_MEAN:
        return node->kind == SQ_NODE_HEAD;
    case SQ_OP_NORM: /* what is said of its input is true of every layer: nowhere zero */
        return node->kind == SQ_NODE_INPUT;
    default:
        return strcmp(op->name, node->name) == 0;
    }
}

/* Every call is of one image. */
static int new_steps(struct sq_error *err, struct sq_record *record)
{
    const size_t n = SQ_OP_KINDS * record->network->config.timesteps;
    record->step = calloc(n, sizeof *record->step);
    if (record->step == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for the counters");
    for (size_t i = 0; i < n; i++)
        record->step[i].frames = 1;
    return SQ_OK;
}

static int match_nodes(struct sq_error *err, struct sq_record *record)
{
    const struct sq_network *network = record->network;
    for (size_t i = 0; i < record->counters.n_ops; i++) {
        for (size_t n = 0; n < network->n_nodes && record->node[i] == NULL; n++)
            if (names_node(&record->counters.op[i], &network->node[n]))
                record->node[i] = &network->node[n];
        if (record->node[i] == NULL)
            return sq_fail(err, SQ_ESHAPE, "accounting: the network has no node for %s",
                           record->counters.op[i].name);
    }
    for (size_t i = 0; i < record->counters.n_ops; i++) {
        const struct sq_node *node = record->node[i];
        struct sq_op *op = &record->counters.op[i];
        if (op->is_head)
            op->weight_zeros = network->head.weight_zeros;
        else if (op->kind == SQ_OP_CONV || op->kind == SQ_OP_LINEAR)
            op->weight_zeros = node->synapse->weight_zeros;
    }
    return SQ_OK;
}

int sq_record_new(struct sq_error *err, const struct sq_network *network, struct sq_record **out)
{
    struct sq_record *record = calloc(1, sizeof *record);
    if (record == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for the counters");
    record->network = network;
    int status = sq_counters_from_config(err, &network->config, &record->counters);
    if (status == SQ_OK)
        status = new_steps(err, record);
    if (status == SQ_OK) {
        record->node = calloc(record->counters.n_ops, sizeof *record->node);
        status = record->node != NULL ? match_nodes(err, record)
                                      : sq_fail(err, SQ_ENOMEM, "out of memory for the counters");
    }
    record->switches = sq_switches_default();
    record->call.n_calls = 1;
    record->counters.batch = 1;
    record->counters.pixels_are_counts = 1;
    if (status != SQ_OK) {
        sq_record_free(record);
        return status;
    }
    *out = record;
    return SQ_OK;
}

void sq_record_free(struct sq_record *record)
{
    if (record == NULL)
        return;
    sq_counters_free(&record->counters);
    sq_samples_free(&record->samples);
    free(record->node);
    free(record->step);
    free(record);
}

/* A batch norm's call is the same in every sample: the first is added, here the others are. Any run
 * is too short for these products to wrap around. */
static void repeat_norm(struct sq_op *op, uint64_t n_samples)
{
    for (size_t g = 0; g < op->n_groups; g++) {
        op->group[g].n_calls = n_samples;
        for (size_t t = 0; t < op->group[g].n_steps; t++) {
            struct sq_op_count *step = &op->group[g].step[t];
            step->frames = n_samples;
            step->nonzeros = op->n_in * n_samples;
            step->out_nonzeros = op->n_out * n_samples;
        }
    }
}

static void repeat_norms(struct sq_counters *counters)
{
    for (size_t i = 0; i < counters->n_ops; i++)
        if (counters->op[i].kind == SQ_OP_NORM)
            repeat_norm(&counters->op[i], counters->n_samples);
}

const struct sq_counters *sq_record_counters(struct sq_record *record)
{
    repeat_norms(&record->counters);
    return &record->counters;
}

const struct sq_samples *sq_record_samples(const struct sq_record *record)
{
    return &record->samples;
}

void sq_record_take(struct sq_record *record, struct sq_counters *counters,
                    struct sq_samples *samples)
{
    *counters = *sq_record_counters(record);
    *samples = record->samples;
    record->counters = (struct sq_counters){.n_ops = 0};
    record->samples = (struct sq_samples){.n = 0};
}

/* Member by member: this is done for every operation of every sample, and zeroing a struct first
 * takes as long as counting. */
static void look_at(struct view *view, const struct sq_record *record, size_t i,
                    const struct sq_outcome *outcome)
{
    const struct sq_network *network = record->network;
    const struct sq_node *node = record->node[i];
    const size_t n_steps = network->config.timesteps;
    view->record = record;
    view->outcome = outcome;
    view->op = &record->counters.op[i];
    view->node = node;
    view->own = outcome->tally + (size_t)(node - network->node) * n_steps;
    for (size_t s = 0; s < node->n_sources; s++)
        view->source[s] = outcome->tally + node->source[s] * n_steps;
}

static void count_layer(const struct view *view, size_t t, struct sq_op_count *step)
{
    const struct sq_tally *own = &view->own[t];
    step->nonzeros = own->events;
    step->units = view->op->is_analog ? 0 : view->source[0][t].units;
    step->fanout = own->additions;
    step->unit_fanout = own->unit_additions;
    step->fanout_live = own->live_additions;
    step->out_nonzeros = view->op->n_out;
}

static void count_neurons(const struct view *view, size_t t, struct sq_op_count *step)
{
    const int is_attn = view->node->kind == SQ_NODE_ATTEND;
    step->nonzeros = is_attn ? view->own[t].currents : view->op->n_in;
    step->out_nonzeros = view->own[t].spikes;
}

static void count_relay(const struct view *view, size_t t, struct sq_op_count *step)
{
    const struct sq_tally *own = &view->own[t];
    step->nonzeros = view->source[0][t].spikes;
    step->units = view->source[0][t].units;
    step->out_nonzeros = own->spikes;
    step->windows = own->windows;
    step->both = own->both;
    if (view->node->n_sources > 1)
        step->nonzeros_b = view->source[1][t].spikes;
}

static void count_ssa(const struct view *view, size_t t, struct sq_op_count *step)
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

static void count_mean(const struct view *view, size_t t, struct sq_op_count *step)
{
    step->nonzeros = view->source[0][t].spikes;
    step->units = view->source[0][t].units;
    step->out_nonzeros = view->op->n_out;
}

static void count_norm(const struct view *view, size_t t, struct sq_op_count *step)
{
    (void)t;
    step->nonzeros = view->op->n_in;
    step->out_nonzeros = view->op->n_out;
}

/* SSA: are the first products, scaled, 0 or 1 in all timesteps? */
static unsigned ssa_flags(const struct view *view, size_t n_steps)
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
static unsigned add_flags(const struct view *view, size_t n_steps)
{
    int binary[2] = {1, 1};
    for (size_t t = 0; t < n_steps; t++)
        for (int i = 0; i < 2; i++)
            binary[i] &= view->source[i][t].units == view->source[i][t].spikes;
    return (binary[0] ? SQ_IS_BINARY : 0) | (binary[1] ? SQ_IS_BINARY_B : 0);
}

/* The classifier's input is real: what decides its spike test was noted when it was read out. */
static void describe_head(const struct view *view, struct sq_op_group *call)
{
    const size_t last = view->record->network->config.timesteps - 1;
    call->n_steps = 1;
    call->is = SQ_IS_REAL | SQ_HAS_LIVE;
    call->real_sum = view->outcome->feature_total;
    call->max = (double)view->outcome->feature_max;
    call->distinct = view->outcome->feature_distinct;
    count_layer(view, last, &call->step[0]);
}

/* All timesteps of one operation of one sample. */
static void fill_call(const struct view *view, struct sq_op_group *call)
{
    static void (*const count[SQ_OP_KINDS])(const struct view *, size_t, struct sq_op_count *) = {
        [SQ_OP_CONV] = count_layer,     [SQ_OP_LINEAR] = count_layer, [SQ_OP_NORM] = count_norm,
        [SQ_OP_NEURON] = count_neurons, [SQ_OP_POOL] = count_relay,   [SQ_OP_SSA] = count_ssa,
        [SQ_OP_ADD] = count_relay,      [SQ_OP_MEAN] = count_mean,
    };
    const struct sq_op *op = view->op;
    if (op->is_head) {
        describe_head(view, call);
        return;
    }
    for (size_t t = 0; t < call->n_steps; t++)
        count[op->kind](view, t, &call->step[t]);
    if (op->is_analog || op->kind == SQ_OP_NORM)
        call->is =
            SQ_IS_REAL | (op->is_analog && view->outcome->pixels_are_counts &&
                                  view->record->network->config.layout == SQ_LAYOUT_CIFAR10DVS
                              ? SQ_IS_COUNTS
                              : 0);
    else if (op->kind == SQ_OP_SSA)
        call->is = ssa_flags(view, call->n_steps);
    else if (op->kind == SQ_OP_ADD)
        call->is = add_flags(view, call->n_steps);
    else if (op->kind != SQ_OP_NEURON)
        call->max = view->record->network->node[view->node->source[0]].max_value;
    if (op->kind == SQ_OP_CONV || op->kind == SQ_OP_LINEAR)
        call->is |= SQ_HAS_LIVE;
}

static int add_call(struct sq_error *err, struct sq_record *record, size_t i,
                    const struct sq_outcome *outcome, struct sq_sample *sample)
{
    struct sq_op *op = &record->counters.op[i];
    struct sq_op_group *call = &record->call;
    struct view view;
    look_at(&view, record, i, outcome);
    call->is = 0;
    call->max = call->real_sum = 0;
    call->distinct = call->max_nonzeros = call->max_out_nonzeros = call->neuron_acs = 0;
    call->n_steps = record->network->config.timesteps;
    call->step = record->step + op->kind * call->n_steps;
    fill_call(&view, call);
    sq_call_classify(op, call, &record->sum);
    sq_sample_add_call(sample, op, call, &record->sum, &record->switches);
    return sq_op_add_call(err, &record->counters, op, call);
}

int sq_record_add(struct sq_error *err, struct sq_record *record, const struct sq_outcome *outcome)
{
    struct sq_counters *counters = &record->counters;
    struct sq_sample sample = {.label = outcome->label};
    int status = SQ_OK;
    for (size_t i = 0; status == SQ_OK && i < counters->n_ops; i++)
        if (counters->op[i].kind != SQ_OP_NORM || counters->op[i].n_groups == 0)
            status = add_call(err, record, i, outcome, &sample);
    if (status != SQ_OK)
        return status;
    counters->n_samples++;
    counters->pixels_are_counts &= outcome->pixels_are_counts;
    return sq_samples_add(err, &record->samples, &sample);
}
