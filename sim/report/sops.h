/* SOPs: the additions that the event queue delivered, one definition for every command.
 *
 *   SOPs = events through weights (spikes, residual events, a camera's event counts in the first
 *          convolution) + both products of attention in the network's own order
 *
 * It is what the convention `exact` prices as ACs by default. What is multiplied (an image's first
 * convolution, the head) is not a SOP; biases, pooling and residual additions are counted apart. */
#ifndef SQ_SOPS_H
#define SQ_SOPS_H

#include "sim/nodes/outcome.h"

/* Of some samples. */
struct sq_sops {
    uint64_t all;      /* of all nodes */
    uint64_t first;    /* of the first convolution alone */
    uint64_t n_counts; /* samples whose first convolution added, and did not multiply */
};

/* Of one node in a sample at timestep t. */
uint64_t sq_sops_of(const struct sq_network *network, const struct sq_outcome *outcome,
                    const struct sq_node *node, uint32_t t);

/* Of all nodes. */
uint64_t sq_sops_at(const struct sq_network *network, const struct sq_outcome *outcome, uint32_t t);

/* Add a sample, all timesteps. */
void sq_sops_add(struct sq_sops *sum, const struct sq_network *network,
                 const struct sq_outcome *outcome);

#endif
