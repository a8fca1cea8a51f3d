/* The graph that a trace carries, and the network that it describes: what energy, analysis, replay and
 * diff read. */
#ifndef SQ_RECORDED_GRAPH_H
#define SQ_RECORDED_GRAPH_H

#include "sim/network/network.h"
#include "traces/read/trace_reader.h"

/* The graph in the tables of a trace, checked; of version 1, which has none, the graph of its
 * configuration. SQ_EUNSUPPORTED: it describes no network; SQ_EFORMAT, SQ_ESHAPE: the tables do not
 * hold together. The caller frees *graph, also after a failure. */
int sq_recorded_graph(struct sq_error *err, const struct sq_trace *trace, struct sq_graph *graph);

/* The configuration of a trace, for people to read and for a model to be loaded by. Where it has none
 * that is known here, but has a graph, only the name and the timesteps are filled in. What
 * sq_config_from_text() refuses; SQ_EUNSUPPORTED: neither. */
int sq_recorded_config(struct sq_error *err, const struct sq_trace *trace,
                       struct sq_config *config);

/* The network of a trace, without weights. What the two above refuse, and sq_plan_make(). */
int sq_recorded_network(struct sq_error *err, const struct sq_trace *trace,
                        struct sq_network **out);

#endif
