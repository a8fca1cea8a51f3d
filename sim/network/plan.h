/* The plan: from the graph, which says what a network is, to the nodes that run.
 *
 * A synapse, the batch norm behind it and the neurons that read it are one node, since nothing else
 * reads the current between them; so are attention and its neurons, and the means with the
 * classifier. Batch norms are
 * folded when the weights are loaded (fold.h). Every edge gets its packet: one bit plane of spikes,
 * the planes of the largest count, event lists where a synapse reads them. */
#ifndef SQ_PLAN_H
#define SQ_PLAN_H

#include "sim/network/network.h"

/* Lay out network->node, network->synapse and network->head (names, sizes, no weights yet) for
 * network->graph, which was checked. SQ_EUNSUPPORTED names the node that the engine cannot run and
 * says what it runs; SQ_ENOMEM. */
int sq_plan_make(struct sq_error *err, struct sq_network *network);

#endif
