/* Spiking self-attention (Zhou et al., ICLR 2023, eq. 5 to 7): q k^T v of each head, without softmax, of
 * three populations, of spikes or of counts; v may have more channels than q and k. What it sends is a
 * current. */
#include "sim/ops/rows.h"

static int check_inputs(const struct sq_typing *typing, const struct sq_graph_node *node)
{
    const struct sq_graph_node *q = sq_input_of(typing->graph, node, 0);
    for (uint32_t i = 0; i < 3; i++) {
        const struct sq_graph_node *from = sq_input_of(typing->graph, node, i);
        if (from->edge == SQ_EDGE_REALS || from->operation == SQ_OPERATION_INPUT)
            return sq_type_refuse(typing, node, SQ_EUNSUPPORTED,
                                  "reads %s from \"%s\"; q, k and v are spikes, or counts",
                                  sq_edge_name(from->edge), from->id);
        if ((i < 2 && from->out_channels != q->out_channels) || from->out_height != q->out_height ||
            from->out_width != q->out_width)
            return sq_type_refuse(typing, node, SQ_ESHAPE,
                                  "q (\"%s\") and \"%s\" differ in tokens or channels", q->id,
                                  from->id);
    }
    return SQ_OK;
}

int sq_type_attend(const struct sq_typing *typing, struct sq_graph_node *node)
{
    const struct sq_graph_node *q = sq_input_of(typing->graph, node, 0);
    const struct sq_graph_node *k = sq_input_of(typing->graph, node, 1);
    const struct sq_graph_node *v = sq_input_of(typing->graph, node, 2);
    const uint64_t tokens = (uint64_t)q->out_height * q->out_width;
    const int status = check_inputs(typing, node);
    if (status != SQ_OK)
        return status;
    if (q->out_channels % node->heads != 0 || v->out_channels % node->heads != 0)
        return sq_type_refuse(
            typing, node, SQ_ESHAPE, "%u channels cannot be divided among %u heads",
            q->out_channels % node->heads != 0 ? q->out_channels : v->out_channels, node->heads);
    if (tokens * (q->out_channels / node->heads) * q->max_value * k->max_value * v->max_value >=
        1u << 24)
        return sq_type_refuse(typing, node, SQ_EVALUE,
                              "sums of %llu tokens x %u channels a head leave the exact whole "
                              "numbers of float32",
                              (unsigned long long)tokens, q->out_channels / node->heads);
    sq_type_like(typing->graph, node, SQ_EDGE_REALS, 0);
    node->out_channels = v->out_channels;
    return SQ_OK;
}

int sq_describe_attend(const struct sq_describing *describing, struct sq_op *op)
{
    const struct sq_graph_node *node = describing->node;
    op->kind = SQ_OP_SSA;
    const struct sq_graph_node *q = sq_input_of(describing->graph, node, 0);
    op->n_in = sq_elements_of(q);
    op->n_out = sq_elements_of(node);
    op->heads = node->heads;
    op->tokens = node->out_height * node->out_width;
    op->dim = q->out_channels;
    op->dim_v = node->out_channels != q->out_channels ? node->out_channels : 0;
    op->order = node->order == SQ_PRODUCT_KV ? SQ_KV_FIRST : SQ_QK_FIRST;
    /* Where the second product is scaled, the first itself is its operand. */
    op->scale = node->scaled == SQ_SCALED_SCORES ? (double)(float)node->scale : 1;
    return 1;
}
