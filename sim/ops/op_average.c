/* Average of two classifiers of the same input: networks that were trained with a second one for a
 * teacher (head_kd of Meta-SpikeFormer, Yao et al., ICLR 2024). */
#include "sim/ops/rows.h"

int sq_type_average(const struct sq_typing *typing, struct sq_graph_node *node)
{
    const struct sq_graph_node *a = sq_input_of(typing->graph, node, 0);
    const struct sq_graph_node *b = sq_input_of(typing->graph, node, 1);
    if (a->operation != SQ_OPERATION_LINEAR || b->operation != SQ_OPERATION_LINEAR ||
        a->input[0] != b->input[0])
        return sq_type_refuse(typing, node, SQ_EUNSUPPORTED,
                              "averages what are not two linear layers of one input");
    if (a->out_channels != b->out_channels)
        return sq_type_refuse(typing, node, SQ_ESHAPE, "averages %u outputs and %u",
                              a->out_channels, b->out_channels);
    sq_type_like(typing->graph, node, SQ_EDGE_REALS, 0);
    return SQ_OK;
}

/* The two run as one layer, which is described already. */
int sq_describe_average(const struct sq_describing *describing, struct sq_op *op)
{
    (void)describing;
    (void)op;
    return 0;
}
