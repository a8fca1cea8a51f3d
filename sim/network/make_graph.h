/* The graph of a configuration: its architecture's template, expanded and checked. */
#ifndef SQ_MAKE_GRAPH_H
#define SQ_MAKE_GRAPH_H

#include "sim/graph/architecture.h"
#include "sim/ops/types.h"

/* The graph of a complete configuration of an architecture that is open, and what it claims of sizes
 * compared with it.
 *   widths   for layers of which the graph does not say how many outputs they have; may be NULL
 * What sq_architecture_graph() and sq_graph_check() refuse; SQ_EVALUE: a claim (tokens, token_grid,
 * patch_size) is not so. The caller frees *graph, also after a failure. */
int sq_graph_make(struct sq_error *err, const struct sq_architecture *architecture,
                  struct sq_config *config, const struct sq_widths *widths, struct sq_graph *graph);

/* The same without weights: opens the architecture that the configuration names and gives the keys
 * that are open its defaults. SQ_EVALUE: it names no architecture. */
int sq_graph_from_config(struct sq_error *err, struct sq_config *config, struct sq_graph *graph);

#endif
