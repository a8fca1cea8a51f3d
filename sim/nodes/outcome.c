#include "sim/nodes/outcome.h"

/* Members from the first on that a node can have counted. */
static size_t members_of(enum sq_node_kind kind)
{
    const size_t end = kind == SQ_NODE_ATTEND ? sizeof(struct sq_tally)
                       : kind == SQ_NODE_POOL || kind == SQ_NODE_ADD
                           ? offsetof(struct sq_tally, coincidences)
                           : offsetof(struct sq_tally, windows);
    return end / sizeof(uint64_t);
}

void sq_outcome_add(struct sq_tally *sum, const struct sq_outcome *outcome,
                    const struct sq_network *network)
{
    const size_t n_steps = network->config.timesteps;
    const struct sq_tally *add = outcome->tally;
    for (size_t i = 0; i < network->n_nodes; i++) {
        const size_t n_members = members_of(network->node[i].kind);
        for (size_t t = 0; t < n_steps; t++, sum++, add++)
            sq_tally_add(sum, add, n_members);
    }
}
