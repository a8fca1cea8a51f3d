/* Sums of spikes, which are currents: over the tokens of a channel (Yao et al., Spike-driven Transformer,
 * NeurIPS 2023, SDSA), over the channels of a head (Zhou et al., QKFormer, NeurIPS 2024, QKTA). One
 * addition a spike. */
#include "sim/ops/rows.h"

static int check_spikes(const struct sq_typing *typing, const struct sq_graph_node *node)
{
    const struct sq_graph_node *from = sq_input_of(typing->graph, node, 0);
    return from->edge == SQ_EDGE_SPIKES ? SQ_OK
                                        : sq_type_refuse(typing, node, SQ_EUNSUPPORTED,
                                                         "reads %s from \"%s\"; it sums spikes",
                                                         sq_edge_name(from->edge), from->id);
}

int sq_type_sum_tokens(const struct sq_typing *typing, struct sq_graph_node *node)
{
    const int status = check_spikes(typing, node);
    if (status != SQ_OK)
        return status;
    sq_type_like(typing->graph, node, SQ_EDGE_REALS, 0);
    node->out_height = node->out_width = 1;
    return SQ_OK;
}

int sq_type_sum_channels(const struct sq_typing *typing, struct sq_graph_node *node)
{
    const struct sq_graph_node *from = sq_input_of(typing->graph, node, 0);
    const int status = check_spikes(typing, node);
    if (status != SQ_OK)
        return status;
    if (node->heads == 0 || from->out_channels % node->heads != 0)
        return sq_type_refuse(typing, node, SQ_ESHAPE,
                              "%u channels cannot be divided among %u heads", from->out_channels,
                              node->heads);
    sq_type_like(typing->graph, node, SQ_EDGE_REALS, 0);
    node->out_channels = node->heads;
    return SQ_OK;
}

static int describe_sum(const struct sq_describing *describing, struct sq_op *op)
{
    const struct sq_graph_node *from = sq_input_of(describing->graph, describing->node, 0);
    op->kind = SQ_OP_SUM;
    op->n_in = sq_elements_of(from);
    op->n_out = sq_elements_of(describing->node);
    op->tokens = from->out_height * from->out_width;
    op->dim = from->out_channels;
    op->heads = describing->node->heads;
    return 1;
}

int sq_describe_sum_tokens(const struct sq_describing *describing, struct sq_op *op)
{
    return describe_sum(describing, op);
}

int sq_describe_sum_channels(const struct sq_describing *describing, struct sq_op *op)
{
    return describe_sum(describing, op);
}
