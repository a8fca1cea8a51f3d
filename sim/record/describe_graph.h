/* The graph of a network as a trace describes it: the tables node and operation
 * (docs/trace-format.md, section 4). The only place of sim/record that looks into a network for
 * them. */
#ifndef SQ_DESCRIBE_GRAPH_H
#define SQ_DESCRIBE_GRAPH_H

#include "kernels/base/arena.h"
#include "sim/network/network.h"
#include "traces/format/trace.h"

/* Fill plan->node and plan->operation; what they point to lies in the arena. Node number i is
 * network->graph.node[i]; plan->population must be there already. SQ_ENOMEM; what
 * sq_counters_from_graph() refuses. */
int sq_trace_describe(struct sq_error *err, struct sq_arena *arena,
                      const struct sq_network *network, struct sq_trace_plan *plan);

#endif
