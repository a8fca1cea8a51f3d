/* What every operation gives: its shape and edge type, and the operations of the account that it
 * is. One file an operation, sim/ops/op_<name>.c; the rows stand in sim/graph/operations.inc. */
#ifndef SQ_OPERATION_H
#define SQ_OPERATION_H

#include "sim/account/count/counters.h"
#include "sim/graph/graph.h"
#include "sim/ops/types.h"

/* A graph while its nodes get their types. */
struct sq_typing {
    struct sq_error *err;
    const char *origin; /* begins error sentences */
    const struct sq_widths *widths;
    struct sq_graph *graph;
};

/* A graph on its way into the account. */
struct sq_describing {
    const struct sq_graph *graph;
    const struct sq_graph_node *node;
    uint32_t timesteps;
};

struct sq_operation_row {
    /* Write the derived members of a node (edge, max_value, out_*); those of its inputs are known. */
    int (*type)(const struct sq_typing *typing, struct sq_graph_node *node);
    /* Fill the sizes of the operation of the account; 0: not one. *op has its name, block, role and
     * source. */
    int (*describe)(const struct sq_describing *describing, struct sq_op *op);
};

extern const struct sq_operation_row sq_operation_row[SQ_OPERATIONS];

/* "ORIGIN: node "x" (conv): WHAT", with this status. */
int sq_type_refuse(const struct sq_typing *typing, const struct sq_graph_node *node, int status,
                   const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Input number i of a node. */
static inline const struct sq_graph_node *sq_input_of(const struct sq_graph *graph,
                                                      const struct sq_graph_node *node, uint32_t i)
{
    return &graph->node[node->input[i]];
}

/* The shape of its first input, with another edge. */
void sq_type_like(const struct sq_graph *graph, struct sq_graph_node *node, enum sq_edge edge,
                  uint32_t max_value);

/* Elements of what a node sends. */
static inline uint64_t sq_elements_of(const struct sq_graph_node *node)
{
    return (uint64_t)node->out_channels * node->out_height * node->out_width;
}

/* A layer's outputs: its parameter `channels`, or what its tensor says. SQ_ESHAPE: neither, or too
 * many for event numbers of 16 bits. */
int sq_type_channels(const struct sq_typing *typing, struct sq_graph_node *node);

/* What folds into the layer that it reads (batch norm, a factor a channel): a convolution, a linear layer or
 * a batch norm behind one, which nothing else reads. SQ_EUNSUPPORTED. */
int sq_type_folding(const struct sq_typing *typing, const struct sq_graph_node *node);

/* What is said alike of convolutions and linear layers. */
void sq_describe_layer(const struct sq_describing *describing, struct sq_op *op);

/* What is said alike of batch norms and neurons. */
void sq_describe_same(const struct sq_describing *describing, enum sq_op_kind kind,
                      struct sq_op *op);

#endif
