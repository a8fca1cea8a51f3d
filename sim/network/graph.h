/* The graph of a Spikformer: nodes and their connections, from sizes alone. */
#ifndef SQ_GRAPH_H
#define SQ_GRAPH_H

#include "sim/network/network.h"

/* Lay out network->node and network->synapse (names, sizes, no weights yet) for the complete
 * configuration network->config. SQ_ESHAPE where the sizes do not work out (image not divisible,
 * dimension below 8 or not divisible by heads), SQ_EVALUE where integers could leave the exact
 * range of float32 in SSA, SQ_ENOMEM. */
int sq_graph_build(struct sq_error *err, struct sq_network *network);

#endif
