/* Convolution, 2-d or 1-d; groups are of channels. A current for each output pixel and channel. Of
 * spikes and counts it adds weights; of reals it multiplies (MACs). */
#include "sim/ops/rows.h"

#include "sim/account/count/shapes.h"

/* Event numbers are taken modulo 65536 (kernels/pack/spikes.h): a kernel line's must fit. */
static int check_width(const struct sq_typing *typing, const struct sq_graph_node *node)
{
    const uint64_t line =
        (uint64_t)sq_input_of(typing->graph, node, 0)->out_channels * node->kernel;
    return line <= 65535 ? SQ_OK
                         : sq_type_refuse(typing, node, SQ_EUNSUPPORTED,
                                          "%llu inputs of a kernel line are too many",
                                          (unsigned long long)line);
}

/* What folds: a kernel of one tap of a layer's current; or one channel by channel of such a kernel's,
 * behind a batch norm whose border is what the layer makes of 0. */
static int check_fold(const struct sq_typing *typing, const struct sq_graph_node *node)
{
    const struct sq_graph_node *from = sq_input_of(typing->graph, node, 0);
    const bool is_layer =
        from->operation == SQ_OPERATION_CONV || from->operation == SQ_OPERATION_BN;
    const bool is_depthwise = node->groups == from->out_channels && node->padding == 0 &&
                              from->operation == SQ_OPERATION_BN &&
                              2 * from->padding + 1 == node->kernel;
    if (!node->folds)
        return SQ_OK;
    if (is_layer && from->n_readers == 1 && node->stride == 1 &&
        ((node->kernel == 1 && node->groups == 1) || is_depthwise))
        return SQ_OK;
    return sq_type_refuse(
        typing, node, SQ_EUNSUPPORTED,
        "folds into \"%s\": a 1x1 kernel of a layer does, or a depthwise one behind "
        "a batch norm with its border",
        from->id);
}

static int check_groups(const struct sq_typing *typing, const struct sq_graph_node *node)
{
    const uint32_t in = sq_input_of(typing->graph, node, 0)->out_channels;
    if (in % node->groups == 0 && node->out_channels % node->groups == 0)
        return SQ_OK;
    return sq_type_refuse(typing, node, SQ_ESHAPE,
                          "%u groups do not divide its %u input and %u output channels",
                          node->groups, in, node->out_channels);
}

int sq_type_conv(const struct sq_typing *typing, struct sq_graph_node *node)
{
    const struct sq_graph_node *from = sq_input_of(typing->graph, node, 0);
    if (node->axes_of_kernel == 1 && node->kernel != 1)
        return sq_type_refuse(typing, node, SQ_EUNSUPPORTED,
                              "a kernel with one axis is 1 wide, this is %u", node->kernel);
    int status = sq_type_channels(typing, node);
    node->edge = SQ_EDGE_REALS;
    node->max_value = 0;
    node->out_height =
        (uint32_t)sq_axis_outputs(from->out_height, node->kernel, node->stride, node->padding);
    node->out_width =
        (uint32_t)sq_axis_outputs(from->out_width, node->kernel, node->stride, node->padding);
    if (status == SQ_OK && (node->out_height == 0 || node->out_width == 0))
        status = sq_type_refuse(typing, node, SQ_ESHAPE, "a %ux%u kernel does not fit %ux%u inputs",
                                node->kernel, node->kernel, from->out_height, from->out_width);
    if (status == SQ_OK)
        status = check_groups(typing, node);
    if (status == SQ_OK)
        status = check_fold(typing, node);
    return status == SQ_OK ? check_width(typing, node) : status;
}

/* Multiply-accumulates of a convolution as the module holds it. */
static uint64_t dense_of(const struct sq_graph *graph, const struct sq_graph_node *node)
{
    const uint64_t of_group = sq_input_of(graph, node, 0)->out_channels / node->groups;
    return sq_elements_of(node) * of_group * node->kernel * node->kernel;
}

/* A layer with what folds into it is one convolution: the largest kernel, the last outputs. *rest:
 * multiply-accumulates of what folds, each by itself. */
static struct sq_graph_node folded(const struct sq_graph *graph, const struct sq_graph_node *layer,
                                   uint64_t *rest)
{
    struct sq_graph_node all = *layer;
    const struct sq_graph_node *at = layer;
    for (uint32_t i; (i = sq_graph_reader(graph, (uint32_t)(at - graph->node))) < graph->n_nodes;) {
        const struct sq_graph_node *next = &graph->node[i];
        const bool folds = next->operation == SQ_OPERATION_CONV && next->folds;
        if (!folds && next->operation != SQ_OPERATION_BN)
            break;
        if (next->operation == SQ_OPERATION_BN)
            all.padding += next->padding;
        else
            all.kernel = next->kernel > all.kernel ? next->kernel : all.kernel;
        *rest += folds ? dense_of(graph, next) : 0;
        all.out_channels = next->out_channels;
        at = next;
    }
    return all;
}

/* What is folded into another layer is part of that. */
int sq_describe_conv(const struct sq_describing *describing, struct sq_op *op)
{
    if (describing->node->folds)
        return 0;
    uint64_t rest = 0;
    const struct sq_graph_node all = folded(describing->graph, describing->node, &rest),
                               *node = &all;
    const struct sq_graph_node *from = sq_input_of(describing->graph, node, 0);
    const struct sq_conv_shape shape = {.c_in = from->out_channels,
                                        .c_out = node->out_channels,
                                        .height = from->out_height,
                                        .width = from->out_width,
                                        .kernel_h = node->kernel,
                                        .kernel_w = node->kernel,
                                        .stride_h = node->stride,
                                        .stride_w = node->stride,
                                        .padding_h = node->padding,
                                        .padding_w = node->padding,
                                        .groups = node->groups};
    sq_op_shape_conv(op, &shape, node->has_bias);
    op->part_first = rest > 0 ? dense_of(describing->graph, describing->node) : 0;
    op->part_rest = rest;
    sq_describe_layer(describing, op);
    return 1;
}
