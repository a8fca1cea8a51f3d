/* All elements as one row for the linear layer that reads them: channel by channel, as torch.flatten. */
#include "sim/ops/rows.h"

int sq_type_flatten(const struct sq_typing *typing, struct sq_graph_node *node)
{
    const struct sq_graph_node *from = sq_input_of(typing->graph, node, 0);
    const uint64_t n = sq_elements_of(from);
    if (from->operation == SQ_OPERATION_INPUT || from->edge == SQ_EDGE_REALS)
        return sq_type_refuse(typing, node, SQ_EUNSUPPORTED,
                              "reads %s from \"%s\"; it flattens spikes, or counts",
                              sq_edge_name(from->edge), from->id);
    if (from->out_height != from->out_width || n > 1u << 24)
        return sq_type_refuse(typing, node, SQ_EUNSUPPORTED,
                              "flattens %ux%ux%u; the engine reads a square grid, as one kernel",
                              from->out_channels, from->out_height, from->out_width);
    sq_type_like(typing->graph, node, from->edge, from->max_value);
    node->out_channels = (uint32_t)n;
    node->out_height = node->out_width = 1;
    return SQ_OK;
}

/* Part of the layer that reads it. */
int sq_describe_flatten(const struct sq_describing *describing, struct sq_op *op)
{
    (void)describing;
    (void)op;
    return 0;
}
