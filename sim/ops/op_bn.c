/* Batch norm, which is folded into the layer that it reads when weights are loaded. */
#include "sim/ops/rows.h"

/* A layer, or another batch norm behind one. */
static bool can_fold_into(const struct sq_graph_node *from)
{
    return from->operation == SQ_OPERATION_CONV || from->operation == SQ_OPERATION_LINEAR ||
           from->operation == SQ_OPERATION_BN;
}

/* Its border, of what it makes of 0, is there for the convolution that folds into the same layer. */
int sq_type_bn(const struct sq_typing *typing, struct sq_graph_node *node)
{
    const struct sq_graph_node *from = sq_input_of(typing->graph, node, 0);
    if (!can_fold_into(from))
        return sq_type_refuse(
            typing, node, SQ_EUNSUPPORTED,
            "reads \"%s\" (%s); it reads a convolution, a linear layer or another "
            "batch norm",
            from->id, sq_operation_name(from->operation));
    if (from->n_readers != 1)
        return sq_type_refuse(typing, node, SQ_EUNSUPPORTED,
                              "cannot be folded into \"%s\", which another node reads too",
                              from->id);
    sq_type_like(typing->graph, node, SQ_EDGE_REALS, 0);
    node->out_height += 2 * node->padding;
    node->out_width += 2 * node->padding;
    return SQ_OK;
}

int sq_describe_bn(const struct sq_describing *describing, struct sq_op *op)
{
    sq_describe_same(describing, SQ_OP_NORM, op);
    return 1;
}
