/* A trace's network, rebuilt from its description: sizes, names and the order of the data, without
 * weights. */
#ifndef SQ_REBUILD_H
#define SQ_REBUILD_H

#include "sim/network/network.h"
#include "traces/read/trace_reader.h"

/* The network, with what the trace knows of its model (path, digest, parameters, weights that are
 * 0). *out is written only on success; sq_network_free() frees it. As sq_rebuild_config();
 * SQ_ESHAPE (populations that are not this network's), SQ_ENOMEM. */
int sq_rebuild_network(struct sq_error *err, const struct sq_trace *trace, struct sq_network **out);

/* The trace's population of each node, or -1: population_of [n_nodes]. SQ_ESHAPE names the first
 * population that the network lacks, or has in another shape. */
int sq_rebuild_match(struct sq_error *err, const struct sq_trace *trace,
                     const struct sq_network *network, int32_t *population_of);

#endif
