/* The input: an image, the same at every timestep, or a camera's frames, one a timestep. */
#include "sim/ops/rows.h"

int sq_type_input(const struct sq_typing *typing, struct sq_graph_node *node)
{
    (void)typing;
    node->edge = SQ_EDGE_REALS;
    node->max_value = 0;
    node->out_channels = node->channels;
    node->out_height = node->height;
    node->out_width = node->width;
    return SQ_OK;
}

int sq_describe_input(const struct sq_describing *describing, struct sq_op *op)
{
    (void)describing;
    (void)op;
    return 0;
}
