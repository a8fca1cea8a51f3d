/* Weights: state-dict tensors -> folded, packed synapses. */
#ifndef SQ_WEIGHTS_H
#define SQ_WEIGHTS_H

#include "sim/graph/architecture.h"
#include "sim/network/network.h"

/* Tensors that no file holds. */
struct sq_tensor_source {
    /* The tensor STEM.MEMBER of this shape, float32, which stays where it is; *out stays NULL where it
     * is optional and there is none. SQ_ENOMEM. */
    int (*give)(struct sq_error *err, void *data, const char *stem, const char *member,
                int is_optional, const uint64_t *dim, uint32_t n_dims,
                const struct sq_tensor **out);
    void *data;
};

/* Fill weight and bias of every synapse of the graph and of the head from the tensors under
 * network->root, batch norm folded in:
 *   a = gamma / sqrt(var + eps), rounded once to float32
 *   w' = w * a,   b' = (b - mean) * a + beta       (per output channel; b = 0 where none is given)
 * and note every tensor that plays no part in network->unused.
 *   fixed   the layers of a trained checkpoint become integers, one after the other: only integers and biases are
 *           left of them. NULL: float32
 * SQ_ESHAPE (names the tensor, expected and found), SQ_EVALUE (NaN, infinite, negative variance,
 * or sums that could overflow float32), SQ_EUNSUPPORTED (a tensor of the network that no
 * Spikformer has), SQ_ENOMEM; what sq_fixed_make() refuses. */
int sq_weights_load(struct sq_error *err, const struct sq_checkpoint *checkpoint,
                    const struct sq_architecture *architecture,
                    const struct sq_fixed_settings *fixed, struct sq_network *network);

/* The same from a source, with the head: what is asked for are the tensors of the network, each by
 * its name and shape in the file. */
int sq_weights_load_from(struct sq_error *err, const struct sq_tensor_source *source,
                         struct sq_network *network);

/* Of one node alone, once more: what changed at the source is taken, into the memory that the node
 * has. */
int sq_weights_reload_node(struct sq_error *err, const struct sq_tensor_source *source,
                           struct sq_network *network, struct sq_node *node);

#endif
