/* Templates: how a graph is made for any depth and size.
 *
 * The list "nodes" of an architecture holds entries of five forms:
 *   [result, operation, inputs, parameters]          a node; "x" may be assigned again and again
 *   {"for": "i", "to": COUNT, "do": [...]}            or "in": [...], with "index": "n"; or "in": the
 *                                                     name of a size that is a list, of lists even
 *   {"if": CONDITION, "do": [...], "else": [...]}
 *   {"id": ..., "op": ..., "in": [...], parameters}  a node as a flat graph has it
 *   {"with": {parameters}, "do": [...]}              parameters of all nodes inside
 * `for` and `if` may hold "with" themselves. Every text may hold {expressions}
 * (expression.h) of the loop's names and of what `sizes` knows. Inputs are the names of results, or
 * ids, separated by spaces. A node is called by its parameter "id", else by its "weight", else
 * "operation#number". docs/architectures.md shows it by examples. */
#ifndef SQ_TEMPLATE_H
#define SQ_TEMPLATE_H

#include "sim/graph/expression.h"
#include "sim/graph/graph.h"

#include "sim/json/json.h"

/* Append the nodes that `entries` makes. `origin` begins error sentences. SQ_EFORMAT (an entry of no
 * known form, an operation or a parameter that is not known, an input that no earlier node sends, a
 * name given twice), SQ_EVALUE (a value out of range, a name without a value, more than 4096
 * nodes, or more than 131072 steps: entries, rounds of loops, parameters, 64 bytes of text),
 * SQ_ENOMEM. On failure the graph holds the nodes made until then. */
int sq_template_expand(struct sq_error *err, const char *origin, const cJSON *entries,
                       const struct sq_names *sizes, struct sq_graph *graph);

#endif
