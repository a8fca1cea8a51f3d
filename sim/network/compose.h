/* Composition: a layer with further convolutions, batch norms and factors of channels behind it, no neuron in
 * between, as one convolution (RepConv of Meta-SpikeFormer, Yao et al., ICLR 2024).
 *
 * A batch norm with a border pads with what it makes of 0, beta - mean * a, which is what the layer gives
 * where its inputs are 0: so the whole is a convolution with zero padding and a bias, exactly. Weights
 * are multiplied in double precision and rounded to float32 once. */
#ifndef SQ_COMPOSE_H
#define SQ_COMPOSE_H

#include "sim/network/weights_loader.h"

/* Load the synapse of a node with synapse->folded: weight and bias, packed. What sq_weights_load()
 * refuses. */
int sq_compose_load(struct sq_weights_loader *loader, const struct sq_node *node,
                    struct sq_synapse *synapse);

#endif
