/* Batch norm, which is folded into the layer that it reads when weights are loaded. */
#include "sim/ops/rows.h"

/* Its border, of what it makes of 0, is there for the convolution that folds into the same layer. */
int sq_type_bn(const struct sq_typing *typing, struct sq_graph_node *node)
{
    const int status = sq_type_folding(typing, node);
    if (status != SQ_OK)
        return status;
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
