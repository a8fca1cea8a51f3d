/* Mean over the tokens of a stream, for each channel. */
#include "sim/ops/rows.h"

int sq_type_mean_tokens(const struct sq_typing *typing, struct sq_graph_node *node)
{
    const struct sq_graph_node *from = sq_input_of(typing->graph, node, 0);
    if (from->operation == SQ_OPERATION_INPUT)
        return sq_type_refuse(typing, node, SQ_EUNSUPPORTED, "reads the input");
    sq_type_like(typing->graph, node, SQ_EDGE_REALS, 0);
    node->out_height = node->out_width = 1;
    return SQ_OK;
}

int sq_describe_mean_tokens(const struct sq_describing *describing, struct sq_op *op)
{
    const struct sq_graph_node *node = describing->node;
    op->kind = SQ_OP_MEAN;
    op->n_in = sq_elements_of(sq_input_of(describing->graph, node, 0));
    op->n_out = node->out_channels;
    op->positions = describing->timesteps;
    return 1;
}
