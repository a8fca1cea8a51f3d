/* Average of two classifiers: networks that were trained with a second one for a teacher (head_kd of
 * Meta-SpikeFormer, Yao et al., ICLR 2024). They read one input, and run as one layer of averaged weights; or
 * the one reads the mean over timesteps, and the other, a layer of its own, is averaged over them. */
#include "sim/ops/rows.h"

static bool is_classifier(const struct sq_graph *graph, const struct sq_graph_node *node)
{
    return node->operation == SQ_OPERATION_LINEAR &&
           sq_input_of(graph, node, 0)->operation == SQ_OPERATION_MEAN_TIME;
}

/* A layer at each timestep, then the mean over them. */
static bool is_averaged(const struct sq_graph *graph, const struct sq_graph_node *node)
{
    return node->operation == SQ_OPERATION_MEAN_TIME &&
           sq_input_of(graph, node, 0)->operation == SQ_OPERATION_LINEAR &&
           node->out_height * node->out_width == 1;
}

int sq_type_average(const struct sq_typing *typing, struct sq_graph_node *node)
{
    const struct sq_graph *graph = typing->graph;
    const struct sq_graph_node *a = sq_input_of(graph, node, 0), *b = sq_input_of(graph, node, 1);
    const bool is_of_one = a->operation == SQ_OPERATION_LINEAR &&
                           b->operation == SQ_OPERATION_LINEAR && a->input[0] == b->input[0];
    if (!is_of_one && !(is_classifier(graph, a) && is_averaged(graph, b)))
        return sq_type_refuse(typing, node, SQ_EUNSUPPORTED,
                              "averages neither two linear layers of one input nor the classifier "
                              "and the mean over time of a linear layer");
    if (a->out_channels != b->out_channels)
        return sq_type_refuse(typing, node, SQ_ESHAPE, "averages %u outputs and %u",
                              a->out_channels, b->out_channels);
    sq_type_like(typing->graph, node, SQ_EDGE_REALS, 0);
    return SQ_OK;
}

/* What it averages is described already. */
int sq_describe_average(const struct sq_describing *describing, struct sq_op *op)
{
    (void)describing;
    (void)op;
    return 0;
}
