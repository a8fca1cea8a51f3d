/* Batch norm, which is folded into the layer that it reads when weights are loaded. */
#include "sim/ops/rows.h"

int sq_type_bn(const struct sq_typing *typing, struct sq_graph_node *node)
{
    const struct sq_graph_node *from = sq_input_of(typing->graph, node, 0);
    if (from->operation != SQ_OPERATION_CONV && from->operation != SQ_OPERATION_LINEAR)
        return sq_type_refuse(typing, node, SQ_EUNSUPPORTED,
                              "reads \"%s\" (%s); it reads a convolution or a linear layer",
                              from->id, sq_operation_name(from->operation));
    if (from->n_readers != 1)
        return sq_type_refuse(typing, node, SQ_EUNSUPPORTED,
                              "cannot be folded into \"%s\", which another node reads too",
                              from->id);
    sq_type_like(typing->graph, node, SQ_EDGE_REALS, 0);
    return SQ_OK;
}

int sq_describe_bn(const struct sq_describing *describing, struct sq_op *op)
{
    sq_describe_same(describing, SQ_OP_NORM, op);
    return 1;
}
