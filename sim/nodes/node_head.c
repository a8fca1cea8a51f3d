#include "sim/nodes/nodes.h"

#include "sim/network/head.h"

#include <math.h>
#include <string.h>

/* How many of the values are different, all of them finite: their bits in a table with open
 * addresses, as sorting them takes longer than the classifier.
 *   slot   [2^log2_slots], more than n */
static uint32_t count_distinct(uint32_t *slot, uint32_t log2_slots, const float *value, uint32_t n)
{
    const uint32_t no_value = UINT32_MAX, last = ((uint32_t)1 << log2_slots) - 1;
    uint32_t n_distinct = 0, bits;
    memset(slot, 0xff, sizeof *slot << log2_slots);
    for (uint32_t i = 0; i < n; i++) {
        memcpy(&bits, &value[i], sizeof bits);
        uint32_t at = bits * 0x9e3779b1u >> (32 - log2_slots);
        while (slot[at] != no_value && slot[at] != bits)
            at = (at + 1) & last;
        n_distinct += slot[at] != bits;
        slot[at] = bits;
    }
    return n_distinct;
}

/* What tools ask of the classifier's input: its sum and how many different values it has. */
static void describe_feature(struct sq_lane *lane, const float *feature, uint32_t dim)
{
    struct sq_outcome *outcome = &lane->outcome;
    outcome->feature_total = 0;
    outcome->feature_max = 0;
    for (uint32_t c = 0; c < dim; c++) {
        outcome->feature_total += (double)feature[c];
        if (feature[c] > outcome->feature_max)
            outcome->feature_max = feature[c];
    }
    outcome->feature_distinct =
        count_distinct(lane->feature_slot, sq_feature_log2_slots(dim), feature, dim);
}

/* The head's counts: nonzero features, their fan-outs, and what describes them. */
static void tally_head(const struct sq_task *task, const float *feature)
{
    const struct sq_network *network = task->shared->network;
    const struct sq_synapse *head = &network->head;
    const uint32_t dim = network->head.n_in;
    struct sq_tally *tally = sq_tally_at(task, task->node_index, network->config.timesteps - 1);
    uint64_t nonzeros = 0;
    for (uint32_t c = 0; c < dim; c++)
        nonzeros += feature[c] != 0;
    tally->events = nonzeros;
    if (head->layer == NULL)
        return;
    tally->additions = tally->live_additions = nonzeros * head->n_out;
    for (uint32_t c = 0; head->live != NULL && c < dim; c++)
        if (feature[c] != 0)
            tally->live_additions -= head->n_out - head->live[c];
    tally->macs = head->dense;
    describe_feature(task->lane, feature, dim);
}

/* m = mean over the first n timesteps of the mean over tokens, logits = W m + b, averaged with those of a second
 * classifier. */
void sq_head_read_out(struct sq_task *task, uint32_t n)
{
    const struct sq_network *network = task->shared->network;
    float *feature = task->scratch->feature;
    sq_head_feature(task->lane->outcome.mean, n, network->head.n_in, feature);
    if (task->role != SQ_COMPUTE)
        return;
    sq_head_logits(network, feature, task->lane->outcome.logits);
    if (task->lane->outcome.second != NULL)
        sq_head_average(task->lane->outcome.second, n, network->head.n_out,
                        task->lane->outcome.logits);
}

/* Of reals that were not recorded, which are taken as nowhere zero. */
static void tally_unknown(const struct sq_task *task)
{
    const struct sq_network *network = task->shared->network;
    const struct sq_synapse *head = &network->head;
    struct sq_tally *tally = sq_tally_at(task, task->node_index, network->config.timesteps - 1);
    tally->events = head->n_in;
    tally->additions = tally->live_additions = tally->macs = head->dense;
}

/* What a second classifier sends at t: one row, whose blocks lie side by side; of integers their values. */
static void keep_second(const struct sq_task *task, uint32_t t)
{
    const struct sq_network *network = task->shared->network;
    const struct sq_node *from = &network->node[task->node->source[1]];
    const uint32_t n = network->head.n_out;
    const void *sent = sq_reals_at(task, task->node->source[1], t);
    float *to = task->lane->outcome.second + (size_t)t * n;
    if (from->stream == NULL)
        memcpy(to, sent, n * sizeof *to);
    for (uint32_t c = 0; from->stream != NULL && c < n; c++)
        to[c] = (float)sq_stream_value(from->stream, ((const int32_t *)sent)[c]);
}

void sq_deliver_head(struct sq_task *task)
{
    const int is_known =
        task->role == SQ_COMPUTE || !task->shared->network->node[task->node->source[0]].sends_reals;
    if (!is_known) {
        tally_unknown(task);
        return;
    }
    const struct sq_network *network = task->shared->network;
    const uint32_t dim = network->head.n_in;
    for (uint32_t t = task->t; t < task->t + task->n_steps; t++) {
        sq_mean_tokens(task, t, task->scratch->mean);
        memcpy(task->lane->outcome.mean + (size_t)t * dim, task->scratch->mean,
               dim * sizeof(float));
        if (task->role == SQ_COMPUTE && task->lane->outcome.second != NULL)
            keep_second(task, t);
        if (t + 1 < network->config.timesteps)
            continue;
        sq_head_read_out(task, t + 1);
        if (!task->shared->uncounted)
            tally_head(task, task->scratch->feature);
    }
}
