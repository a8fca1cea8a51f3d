/* Average and sum pooling of spikes and counts: the spikes of a window, which layers read over the window's
 * size or as they are. Average pooling of reals: their mean. */
#include "sim/ops/rows.h"

#include "sim/account/count/shapes.h"

enum { MOST_COUNT = 255 }; /* eight bit planes */

static int type_sums(const struct sq_typing *typing, struct sq_graph_node *node)
{
    const struct sq_graph_node *from = sq_input_of(typing->graph, node, 0);
    const uint64_t most = (uint64_t)node->kernel * node->kernel * from->max_value;
    const bool is_real = from->edge == SQ_EDGE_REALS;
    if (from->operation == SQ_OPERATION_INPUT ||
        (is_real && node->operation == SQ_OPERATION_SUMPOOL))
        return sq_type_refuse(typing, node, SQ_EUNSUPPORTED,
                              "reads %s from \"%s\"; it adds spikes, or counts",
                              sq_edge_name(from->edge), from->id);
    if (most > MOST_COUNT)
        return sq_type_refuse(typing, node, SQ_EVALUE, "its sums reach %llu, more than %d",
                              (unsigned long long)most, MOST_COUNT);
    sq_type_like(typing->graph, node, is_real ? SQ_EDGE_REALS : SQ_EDGE_COUNTS, (uint32_t)most);
    node->out_height = (uint32_t)sq_axis_outputs(from->out_height, node->kernel, node->stride, 0);
    node->out_width = (uint32_t)sq_axis_outputs(from->out_width, node->kernel, node->stride, 0);
    if (node->padding != 0 || node->out_height == 0 || node->out_width == 0)
        return sq_type_refuse(
            typing, node, SQ_ESHAPE, "a %ux%u window with padding %u does not fit %ux%u inputs",
            node->kernel, node->kernel, node->padding, from->out_height, from->out_width);
    return SQ_OK;
}

int sq_type_avgpool(const struct sq_typing *typing, struct sq_graph_node *node)
{
    return type_sums(typing, node);
}

int sq_type_sumpool(const struct sq_typing *typing, struct sq_graph_node *node)
{
    return type_sums(typing, node);
}

/* Counted as a mean is: an addition a spike. */
static int describe_sums(const struct sq_describing *describing, struct sq_op *op)
{
    op->kind = SQ_OP_MEAN;
    op->n_in = sq_elements_of(sq_input_of(describing->graph, describing->node, 0));
    op->n_out = sq_elements_of(describing->node);
    return 1;
}

int sq_describe_avgpool(const struct sq_describing *describing, struct sq_op *op)
{
    return describe_sums(describing, op);
}

int sq_describe_sumpool(const struct sq_describing *describing, struct sq_op *op)
{
    return describe_sums(describing, op);
}
