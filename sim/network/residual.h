/* What the edges of a network say of its residual streams and its attention. */
#ifndef SQ_RESIDUAL_H
#define SQ_RESIDUAL_H

#include "sim/network/network.h"

/* Heads and tokens of the attention that a population belongs to: its own, or the one that it feeds as
 * q, k or v; NULL: it belongs to none. */
const struct sq_attend_shape *sq_node_attention(const struct sq_network *network,
                                                const struct sq_node *node);

/* The populations whose spikes the last residual stream is the sum of, in the order in which they
 * are added: node numbers into term[], at most `most`. The first may be pooled before; each of the
 * others is added as it is. Returns how many; 0: the network has no such stream. */
size_t sq_residual_terms(const struct sq_network *network, uint16_t *term, size_t most);

/* Residual stream number `index`: the node that adds term index + 1 to those before it. There are as
 * many as terms, less one. */
const struct sq_node *sq_residual_stream(const struct sq_network *network, size_t index);

/* The number of the node that sends what enters a module: what the first of the nodes below its path
 * reads; and of the number behind the last of numbered modules, what the last sends. n_nodes: no
 * node lies below that path. */
size_t sq_residual_entry(const struct sq_network *network, const char *module);

#endif
