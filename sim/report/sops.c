#include "sim/report/sops.h"

#include "sim/nodes/kinds.h"

uint64_t sq_sops_of(const struct sq_network *network, const struct sq_outcome *outcome,
                    const struct sq_node *node, uint32_t t)
{
    const struct sq_tally *tally =
        &outcome->tally[(size_t)(node - network->node) * network->config.timesteps + t];
    return sq_node_row[node->kind].sops(node, tally, sq_outcome_has_counts(outcome, network));
}

uint64_t sq_sops_at(const struct sq_network *network, const struct sq_outcome *outcome, uint32_t t)
{
    uint64_t sum = 0;
    for (size_t n = 0; n < network->n_nodes; n++)
        sum += sq_sops_of(network, outcome, &network->node[n], t);
    return sum;
}

void sq_sops_add(struct sq_sops *sum, const struct sq_network *network,
                 const struct sq_outcome *outcome)
{
    for (uint32_t t = 0; t < network->config.timesteps; t++) {
        sum->all += sq_sops_at(network, outcome, t);
        for (size_t n = 0; n < network->n_nodes; n++)
            if (network->node[n].kind == SQ_NODE_ANALOG_CONV)
                sum->first += sq_sops_of(network, outcome, &network->node[n], t);
    }
    sum->n_counts += sq_outcome_has_counts(outcome, network) != 0;
}
