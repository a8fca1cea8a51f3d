#include "sim/nodes/outcome.h"

#include "sim/nodes/kinds.h"

void sq_outcome_add(struct sq_tally *sum, const struct sq_outcome *outcome,
                    const struct sq_network *network)
{
    const size_t n_steps = network->config.timesteps;
    const struct sq_tally *add = outcome->tally;
    for (size_t i = 0; i < network->n_nodes; i++) {
        const size_t n_members = sq_node_row[network->node[i].kind].n_counted;
        for (size_t t = 0; t < n_steps; t++, sum++, add++)
            sq_tally_add(sum, add, n_members);
    }
}
