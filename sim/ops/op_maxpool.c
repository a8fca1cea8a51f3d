/* Max pooling; of spikes, the OR of a window. */
#include "sim/ops/rows.h"

#include "sim/account/count/shapes.h"

int sq_type_maxpool(const struct sq_typing *typing, struct sq_graph_node *node)
{
    const struct sq_graph_node *from = sq_input_of(typing->graph, node, 0);
    if (from->operation == SQ_OPERATION_INPUT)
        return sq_type_refuse(typing, node, SQ_EUNSUPPORTED, "reads the input");
    sq_type_like(typing->graph, node, from->edge, from->max_value);
    node->out_height =
        (uint32_t)sq_axis_outputs(from->out_height, node->kernel, node->stride, node->padding);
    node->out_width =
        (uint32_t)sq_axis_outputs(from->out_width, node->kernel, node->stride, node->padding);
    if (node->padding * 2 > node->kernel || node->out_height == 0 || node->out_width == 0)
        return sq_type_refuse(
            typing, node, SQ_ESHAPE, "a %ux%u window with padding %u does not fit %ux%u inputs",
            node->kernel, node->kernel, node->padding, from->out_height, from->out_width);
    return SQ_OK;
}

int sq_describe_maxpool(const struct sq_describing *describing, struct sq_op *op)
{
    const struct sq_graph_node *node = describing->node;
    const struct sq_graph_node *from = sq_input_of(describing->graph, node, 0);
    sq_op_shape_pool(op, from->out_channels, from->out_height, from->out_width, node->kernel,
                     node->stride, node->padding);
    return 1;
}
