#include "sim/nodes/kinds.h"

#include "sim/nodes/nodes.h"

#include <stddef.h>

#define MEMBERS_BEFORE(member) (offsetof(struct sq_tally, member) / sizeof(uint64_t))

enum {
    OF_SYNAPSES = MEMBERS_BEFORE(windows),
    OF_RELAYS = MEMBERS_BEFORE(coincidences),
    OF_ATTENTION = sizeof(struct sq_tally) / sizeof(uint64_t)
};

static uint64_t no_sops(const struct sq_node *node, const struct sq_tally *tally, int has_counts)
{
    (void)node;
    (void)tally;
    (void)has_counts;
    return 0;
}

static uint64_t synapse_sops(const struct sq_node *node, const struct sq_tally *tally,
                             int has_counts)
{
    (void)node;
    (void)has_counts;
    return tally->additions;
}

/* Pixels multiply, event counts do not. */
static uint64_t first_sops(const struct sq_node *node, const struct sq_tally *tally, int has_counts)
{
    (void)node;
    return has_counts ? tally->additions : 0;
}

static uint64_t attention_sops(const struct sq_node *node, const struct sq_tally *tally,
                               int has_counts)
{
    (void)has_counts;
    return tally->coincidences[node->order] + tally->events2[node->order];
}

const struct sq_node_row sq_node_row[SQ_NODE_KINDS] = {
    [SQ_NODE_INPUT] = {sq_deliver_input, NULL, OF_SYNAPSES, no_sops},
    [SQ_NODE_ANALOG_CONV] = {sq_deliver_analog, sq_tally_analog, OF_SYNAPSES, first_sops},
    [SQ_NODE_CONV] = {sq_deliver_kernel, sq_tally_kernel, OF_SYNAPSES, synapse_sops},
    [SQ_NODE_LINEAR] = {sq_deliver_linear, sq_tally_linear, OF_SYNAPSES, synapse_sops},
    [SQ_NODE_MASKED] = {sq_deliver_masked, sq_tally_kernel, OF_SYNAPSES, synapse_sops},
    [SQ_NODE_REAL_CONV] = {sq_deliver_real_conv, sq_tally_real_conv, OF_SYNAPSES, no_sops},
    [SQ_NODE_ATTEND] = {sq_deliver_attend, sq_tally_attend, OF_ATTENTION, attention_sops},
    [SQ_NODE_SUM] = {sq_deliver_sum, sq_tally_sum, OF_ATTENTION, synapse_sops},
    [SQ_NODE_SCORE] = {sq_deliver_score, sq_tally_score, OF_ATTENTION, synapse_sops},
    [SQ_NODE_MIX] = {sq_deliver_mix, sq_tally_mix, OF_ATTENTION, synapse_sops},
    [SQ_NODE_NEURONS] = {sq_deliver_neurons, sq_tally_nothing, OF_SYNAPSES, no_sops},
    [SQ_NODE_MEAN] = {sq_deliver_mean, sq_tally_nothing, OF_SYNAPSES, no_sops},
    [SQ_NODE_POOL] = {sq_deliver_pool, NULL, OF_RELAYS, no_sops},
    [SQ_NODE_SUM_POOL] = {sq_deliver_sum_pool, NULL, OF_RELAYS, no_sops},
    [SQ_NODE_ADD] = {sq_deliver_add, NULL, OF_RELAYS, no_sops},
    [SQ_NODE_AND] = {sq_deliver_and, NULL, OF_RELAYS, no_sops},
    [SQ_NODE_ERODE] = {sq_deliver_erode, NULL, OF_RELAYS, no_sops},
    [SQ_NODE_REAL_ADD] = {sq_deliver_real_add, NULL, OF_SYNAPSES, no_sops},
    [SQ_NODE_REAL_POOL] = {sq_deliver_real_pool, NULL, OF_SYNAPSES, no_sops},
    [SQ_NODE_HEAD] = {sq_deliver_head, NULL, OF_SYNAPSES, no_sops},
};
