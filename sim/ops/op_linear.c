/* Linear layer, over every row of its input; behind means, the classifier. */
#include "sim/ops/rows.h"

#include "sim/account/count/shapes.h"

static bool is_mean(const struct sq_graph_node *node)
{
    return node->operation == SQ_OPERATION_MEAN_TIME || node->operation == SQ_OPERATION_MEAN_TOKENS;
}

/* The second of two that are averaged runs as part of the first: their weights are averaged. */
static bool is_second(const struct sq_graph *graph, const struct sq_graph_node *node)
{
    const uint32_t index = (uint32_t)(node - graph->node), reader = sq_graph_reader(graph, index);
    return reader < graph->n_nodes && graph->node[reader].operation == SQ_OPERATION_AVERAGE &&
           graph->node[reader].input[1] == index;
}

int sq_type_linear(const struct sq_typing *typing, struct sq_graph_node *node)
{
    const struct sq_graph_node *from = sq_input_of(typing->graph, node, 0);
    if (from->operation == SQ_OPERATION_INPUT)
        return sq_type_refuse(typing, node, SQ_EUNSUPPORTED, "reads the input");
    sq_type_like(typing->graph, node, SQ_EDGE_REALS, 0);
    return sq_type_channels(typing, node);
}

int sq_describe_linear(const struct sq_describing *describing, struct sq_op *op)
{
    const struct sq_graph_node *node = describing->node;
    const struct sq_graph_node *from = sq_input_of(describing->graph, node, 0);
    if (is_second(describing->graph, node))
        return 0;
    sq_op_shape_linear(op, (uint64_t)from->out_height * from->out_width, from->out_channels,
                       node->out_channels, node->has_bias);
    sq_describe_layer(describing, op);
    op->is_head = is_mean(from);
    return 1;
}
