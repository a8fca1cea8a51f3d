/* Maximum of spikes over a 3x3 window, stride 1, padding 1: neighbours in the grid; or neighbouring tokens
 * and channels of a head, where the official module pools a tensor [heads, tokens, channels]
 * (Spike-driven Transformer, dvs mode). */
#include "sim/ops/rows.h"

#include "sim/account/count/shapes.h"

int sq_type_erode(const struct sq_typing *typing, struct sq_graph_node *node)
{
    const struct sq_graph_node *from = sq_input_of(typing->graph, node, 0);
    if (from->edge != SQ_EDGE_SPIKES)
        return sq_type_refuse(typing, node, SQ_EUNSUPPORTED,
                              "reads %s from \"%s\"; it reads spikes", sq_edge_name(from->edge),
                              from->id);
    if (node->erode_axes == SQ_ERODE_HEADS &&
        (node->heads == 0 || from->out_channels % node->heads != 0))
        return sq_type_refuse(typing, node, SQ_ESHAPE,
                              "%u channels cannot be divided among %u heads", from->out_channels,
                              node->heads);
    sq_type_like(typing->graph, node, SQ_EDGE_SPIKES, 1);
    return SQ_OK;
}

/* Priced as a max pooling: ORs. Windows over a head are those of a grid of tokens and channels. */
int sq_describe_erode(const struct sq_describing *describing, struct sq_op *op)
{
    const struct sq_graph_node *node = describing->node;
    const uint32_t tokens = node->out_height * node->out_width;
    if (node->erode_axes == SQ_ERODE_HEADS)
        sq_op_shape_pool(op, node->heads, tokens, node->out_channels / node->heads, 3, 1, 1);
    else
        sq_op_shape_pool(op, node->out_channels, node->out_height, node->out_width, 3, 1, 1);
    return 1;
}
