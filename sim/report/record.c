#include "sim/report/record.h"

#include "sim/ops/account_operations.h"
#include "sim/report/record_fill.h"

#include <stdlib.h>
#include <string.h>

struct sq_record {
    const struct sq_network *network;
    struct sq_counters counters;
    const struct sq_node **node; /* [n_ops] whose tallies describe the operation */
    struct sq_samples samples;
    struct sq_switches switches;
    /* [kinds][T] and its sums, of the call at hand: one for all calls of a kind, which write the
     * same members, so that it stays in the cache and is set up once. */
    struct sq_op_count *step, sum;
    struct sq_op_group call; /* its reals, if any, are a sum of one sample: exact is NULL */
};

/* The node whose tallies tell of an operation. */
static const struct sq_node *node_of(const struct sq_network *network, const struct sq_op *op)
{
    if (op->kind == SQ_OP_NORM) /* what is said of its input is true of every layer: nowhere zero */
        return &network->node[0];
    return sq_network_node_of(network, op->node);
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

/* Of a run in integers: how wide its sums and products are. */
static void note_widths(const struct sq_node *node, struct sq_op *op)
{
    if (!sq_op_is_synaptic(op) && op->kind != SQ_OP_ADD)
        return;
    op->adder_bits = node->adder_bits;
    op->factor_bits = node->factor_bits;
}

static int match_nodes(struct sq_error *err, struct sq_record *record)
{
    const struct sq_network *network = record->network;
    for (size_t i = 0; i < record->counters.n_ops; i++) {
        record->node[i] = node_of(network, &record->counters.op[i]);
        if (record->node[i] == NULL)
            return sq_fail(err, SQ_ESHAPE, "accounting: the network has no node for %s",
                           record->counters.op[i].name);
    }
    for (size_t i = 0; i < record->counters.n_ops; i++) {
        const struct sq_node *node = record->node[i];
        struct sq_op *op = &record->counters.op[i];
        note_widths(node, op);
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
    int status = sq_counters_from_graph(err, network->config.name, &network->graph,
                                        network->config.timesteps, &record->counters);
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

struct sq_counters *sq_record_counters_of(struct sq_record *record)
{
    return &record->counters;
}

struct sq_samples *sq_record_samples_of(struct sq_record *record)
{
    return &record->samples;
}

static int compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int compare_groups(const void *a, const void *b)
{
    return compare_numbers(((const struct sq_op_group *)a)->first,
                           ((const struct sq_op_group *)b)->first);
}

static int compare_samples(const void *a, const void *b)
{
    return compare_numbers(((const struct sq_sample *)a)->id, ((const struct sq_sample *)b)->id);
}

static int is_ascending(const struct sq_samples *samples)
{
    for (size_t i = 1; i < samples->n; i++)
        if (samples->sample[i - 1].id > samples->sample[i].id)
            return 0;
    return 1;
}

/* A call is of one sample, so no two groups of an operation begin with the same one. */
void sq_record_settle(struct sq_record *record)
{
    struct sq_samples *samples = &record->samples;
    for (size_t i = 0; i < record->counters.n_ops; i++) {
        struct sq_op *op = &record->counters.op[i];
        if (op->n_groups > 1)
            qsort(op->group, op->n_groups, sizeof *op->group, compare_groups);
    }
    if (!is_ascending(samples))
        qsort(samples->sample, samples->n, sizeof *samples->sample, compare_samples);
}

void sq_record_take(struct sq_record *record, struct sq_counters *counters,
                    struct sq_samples *samples)
{
    *counters = *sq_record_counters(record);
    *samples = record->samples;
    record->counters = (struct sq_counters){.n_ops = 0};
    record->samples = (struct sq_samples){.n = 0};
}

static int add_call(struct sq_error *err, struct sq_record *record, size_t i,
                    const struct sq_outcome *outcome, struct sq_sample *sample)
{
    struct sq_op *op = &record->counters.op[i];
    struct sq_op_group *call = &record->call;
    struct sq_record_view view;
    sq_record_look(&view, record->network, op, record->node[i], outcome);
    call->is = 0;
    call->first = outcome->sample;
    call->max = call->real_sum = 0;
    call->distinct = call->max_nonzeros = call->max_out_nonzeros = call->neuron_acs = 0;
    call->n_steps = record->network->config.timesteps;
    call->step = record->step + op->kind * call->n_steps;
    sq_record_fill(&view, call);
    sq_call_classify(op, call, &record->sum);
    sq_sample_add_call(sample, op, call, &record->sum, &record->switches);
    return sq_op_add_call(err, &record->counters, op, call);
}

int sq_record_add(struct sq_error *err, struct sq_record *record, const struct sq_outcome *outcome)
{
    struct sq_counters *counters = &record->counters;
    struct sq_sample sample = {.id = outcome->sample, .label = outcome->label};
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
