/* A whole graph as one JSON object: {"architecture": NAME, "unused_parameters": "N", "nodes": [...]}. */
#ifndef SQ_GRAPH_OBJECT_H
#define SQ_GRAPH_OBJECT_H

#include "sim/graph/graph.h"

#include "sim/json/json.h"

/* Deleted by the caller; not whole where memory ran out. It is also an architecture that
 * --architecture takes. */
cJSON *sq_graph_to_object(const struct sq_graph *graph);

/* Read and check it; every value is untrusted. `origin` begins error sentences. What
 * sq_graph_from_json() and sq_graph_check() refuse, and unused parameters that are
 * no count. The caller frees *graph, also after a failure. */
int sq_graph_from_object(struct sq_error *err, const char *origin, const cJSON *object,
                         struct sq_graph *graph);

#endif
