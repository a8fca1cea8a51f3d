/* Weights: state-dict tensors -> folded, packed synapses. */
#ifndef SQ_WEIGHTS_H
#define SQ_WEIGHTS_H

#include "sim/graph/architecture.h"
#include "sim/network/network.h"

/* Fill weight and bias of every synapse of the graph and of the head from the tensors under
 * network->root, batch norm folded in:
 *   a = gamma / sqrt(var + eps), rounded once to float32
 *   w' = w * a,   b' = (b - mean) * a + beta       (per output channel; b = 0 where none is given)
 * and note every tensor that plays no part in network->unused.
 * SQ_ESHAPE (names the tensor, expected and found), SQ_EVALUE (NaN, infinite, negative variance,
 * or sums that could overflow float32), SQ_EUNSUPPORTED (a tensor of the network that no
 * Spikformer has), SQ_ENOMEM. */
int sq_weights_load(struct sq_error *err, const struct sq_checkpoint *checkpoint,
                    const struct sq_architecture *architecture, struct sq_network *network);

#endif
