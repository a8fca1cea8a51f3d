/* Checking a graph: every node gets its shape and its edge type, or a sentence says what does not
 * fit. */
#ifndef SQ_TYPES_H
#define SQ_TYPES_H

#include "sim/graph/graph.h"

/* Where widths come from that the graph leaves open: the outputs of a layer's tensor, 0: not known. */
struct sq_widths {
    uint32_t (*outputs)(const void *data, const struct sq_graph_node *node);
    const void *data;
};

/* Fill the derived members of all nodes.
 *   origin   begins error sentences
 *   widths   may be NULL: then the graph must say all
 * SQ_ESHAPE: sizes that do not fit together, or a width that nobody knows; SQ_EUNSUPPORTED: a node
 * reads a type of edge that its operation does not take; SQ_EVALUE: sums that leave the exact whole
 * numbers of float32; SQ_EFORMAT: no input, or nothing that reads a node. */
int sq_graph_check(struct sq_error *err, const char *origin, const struct sq_widths *widths,
                   struct sq_graph *graph);

#endif
