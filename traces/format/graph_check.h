/* Do the nodes and operations of a trace fit together? The same rules for a plan that is to be
 * written and for one that was read from an untrusted file. */
#ifndef SQ_GRAPH_CHECK_H
#define SQ_GRAPH_CHECK_H

#include "kernels/base/status.h"
#include "traces/format/trace.h"

/* Numbers beyond this are not exact in JSON. */
#define SQ_TRACE_MAX_COUNT ((uint64_t)1 << 53)

/* Check plan->node and plan->operation against each other and against plan->population. Every text
 * must end within its array.
 *   path   begins the sentence: "a.db"
 *   code   what a refusal returns: SQ_EFORMAT, SQ_EVALUE
 * Refused: more rows than the bounds of trace.h, names that are empty, hold quotes or control
 * characters or occur twice, inputs that are no list of earlier nodes, parameters that are no
 * object, edges and sizes out of range, a population that does not exist, is another node's or has
 * another size, a node of an operation that does not exist, widths above SQ_TRACE_MAX_BITS, more
 * zeros than weights. SQ_ENOMEM. */
int sq_trace_check_graph(struct sq_error *err, const char *path, int code,
                         const struct sq_trace_plan *plan);

#endif
