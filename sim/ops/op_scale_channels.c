/* A learned factor for each channel of a layer's current (layer scale, Touvron et al., ICCV 2021), which is
 * folded into that layer when weights are loaded. */
#include "sim/ops/rows.h"

int sq_type_scale_channels(const struct sq_typing *typing, struct sq_graph_node *node)
{
    const struct sq_graph_node *from = sq_input_of(typing->graph, node, 0);
    const int status = sq_type_folding(typing, node);
    if (status == SQ_OK)
        sq_type_like(typing->graph, node, from->edge, from->max_value);
    return status;
}

/* It is part of the layer. */
int sq_describe_scale_channels(const struct sq_describing *describing, struct sq_op *op)
{
    (void)describing;
    (void)op;
    return 0;
}
