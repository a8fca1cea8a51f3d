/* Graphs as JSON: {"nodes": [{"id": ..., "op": ..., "in": [...], parameters}, ...]}, a flat list of
 * what is executed. */
#ifndef SQ_GRAPH_JSON_H
#define SQ_GRAPH_JSON_H

#include "sim/graph/graph.h"

#include "sim/json/json.h"

/* The nodes as a list: id, op, in, parameters, and what checking found (edge, max_value, out_channels,
 * out_height, out_width). Deleted by the caller; not whole where memory ran out (sq_json_is_whole). */
cJSON *sq_graph_to_json(const struct sq_graph *graph);

/* One node's inputs, or parameters, as a line of JSON; freed by the caller; NULL: out of memory. */
char *sq_graph_inputs_text(const struct sq_graph *graph, const struct sq_graph_node *node);
char *sq_graph_parameters_text(const struct sq_graph_node *node);

/* A graph from such a list; what is found by checking is not read, but checked again
 * (sq_graph_check()). What sq_template_expand() refuses. The caller frees *graph also after a
 * failure. */
int sq_graph_from_json(struct sq_error *err, const char *origin, const cJSON *nodes,
                       struct sq_graph *graph);

#endif
