/* The input: an image, the same at every timestep, or a camera's frames, one a timestep. */
#include "sim/ops/rows.h"

enum { MOST_EVENTS = 65535 }; /* of one pixel in one frame */

int sq_type_input(const struct sq_typing *typing, struct sq_graph_node *node)
{
    const bool is_frames = node->input_kind == SQ_INPUT_FRAMES;
    (void)typing;
    node->edge = is_frames ? SQ_EDGE_COUNTS : SQ_EDGE_REALS;
    node->max_value = is_frames ? MOST_EVENTS : 0;
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
