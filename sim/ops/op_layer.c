/* What is said alike of several operations: of layers, and of what folds into them. */
#include "sim/ops/operation.h"

/* Does a batch norm, and nothing else, read the node? */
static bool is_normed(const struct sq_describing *describing)
{
    const struct sq_graph *graph = describing->graph;
    const uint32_t reader = sq_graph_reader(graph, (uint32_t)(describing->node - graph->node));
    return reader < graph->n_nodes && graph->node[reader].operation == SQ_OPERATION_BN;
}

int sq_type_folding(const struct sq_typing *typing, const struct sq_graph_node *node)
{
    const struct sq_graph_node *from = sq_input_of(typing->graph, node, 0);
    const bool is_layer = from->operation == SQ_OPERATION_CONV ||
                          from->operation == SQ_OPERATION_LINEAR ||
                          from->operation == SQ_OPERATION_BN;
    if (!is_layer)
        return sq_type_refuse(
            typing, node, SQ_EUNSUPPORTED,
            "reads \"%s\" (%s); it reads a convolution, a linear layer or another "
            "batch norm",
            from->id, sq_operation_name(from->operation));
    if (from->n_readers != 1)
        return sq_type_refuse(typing, node, SQ_EUNSUPPORTED,
                              "cannot be folded into \"%s\", which another node reads too",
                              from->id);
    return SQ_OK;
}

void sq_describe_layer(const struct sq_describing *describing, struct sq_op *op)
{
    const struct sq_graph_node *node = describing->node;
    const struct sq_graph_node *from = sq_input_of(describing->graph, node, 0);
    op->bn_bias = !node->has_bias && is_normed(describing);
    op->bias_is_added = node->adds_bias_apart;
    op->from_stream = from->edge == SQ_EDGE_COUNTS && from->operation != SQ_OPERATION_INPUT &&
                      from->operation != SQ_OPERATION_NEURON;
    op->is_analog = from->operation == SQ_OPERATION_INPUT;
    op->is_real = from->edge == SQ_EDGE_REALS && !op->is_analog;
    op->is_static = op->is_analog && from->input_kind == SQ_INPUT_IMAGE;
}

void sq_describe_same(const struct sq_describing *describing, enum sq_op_kind kind,
                      struct sq_op *op)
{
    op->kind = kind;
    op->n_in = op->n_out = sq_elements_of(describing->node);
    op->out_channels = describing->node->out_channels;
    op->is_affine = 1;
}
