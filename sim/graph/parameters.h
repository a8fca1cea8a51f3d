/* Parameters of nodes: one table says what each is called, what values it takes, where it is kept. */
#ifndef SQ_GRAPH_PARAMETERS_H
#define SQ_GRAPH_PARAMETERS_H

#include "sim/graph/graph.h"

#include "sim/json/json.h"

/* Store a parameter of a node. `where` begins the error sentence ("FILE: node \"x\"").
 * SQ_EFORMAT: the operation has no such parameter, or its value has the wrong type; SQ_EVALUE: out
 * of range. */
int sq_parameter_store(struct sq_error *err, const char *where, struct sq_graph_node *node,
                       const char *name, const cJSON *value);

/* What a file must give: a convolution's kernel, a layer's weight. SQ_EFORMAT names it. */
int sq_parameters_check(struct sq_error *err, const char *where, const struct sq_graph_node *node);

/* Add to a JSON object every parameter of the node whose value says something. */
void sq_parameters_write(cJSON *to, const struct sq_graph_node *node);

/* "3x3", "heads 12, scale 0.125": what a reader wants to know of a node, in a few words. */
void sq_parameters_describe(char *text, size_t size, const struct sq_graph_node *node);

#endif
