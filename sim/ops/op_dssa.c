/* The products of dual spike self-attention (Shi et al., SpikingResformer, CVPR 2024). A layer sends reals y
 * over M positions, of each head d channels y1 and behind them d channels y2. Scores are sums over the
 * channels, y1' s, of spikes s: of each token and head M values; the mix is a sum over positions, y2 a, of
 * the spikes a that scores make. Every spike adds a row of reals; the sums of a head are multiplied by
 * 1 / sqrt(firing rate * n), n the terms of a sum. */
#include "sim/ops/rows.h"

#include <string.h>

static uint32_t positions_of(const struct sq_graph_node *node)
{
    return node->out_height * node->out_width;
}

/* Reals that a layer sends, and spikes. */
static int check_edges(const struct sq_typing *typing, const struct sq_graph_node *node)
{
    const struct sq_graph_node *y = sq_input_of(typing->graph, node, 0);
    const struct sq_graph_node *spikes = sq_input_of(typing->graph, node, 1);
    if (y->operation == SQ_OPERATION_INPUT || y->edge != SQ_EDGE_REALS)
        return sq_type_refuse(
            typing, node, SQ_EUNSUPPORTED,
            "reads %s from \"%s\" first; it multiplies reals that a layer sends",
            y->operation == SQ_OPERATION_INPUT ? "the input" : sq_edge_name(y->edge), y->id);
    if (spikes->edge != SQ_EDGE_SPIKES)
        return sq_type_refuse(typing, node, SQ_EUNSUPPORTED,
                              "reads %s from \"%s\"; it multiplies reals by spikes",
                              sq_edge_name(spikes->edge), spikes->id);
    return SQ_OK;
}

/* Where the tensor of the firing rates lies; heads of 2d channels. */
static int check_heads(const struct sq_typing *typing, const struct sq_graph_node *node)
{
    const struct sq_graph_node *y = sq_input_of(typing->graph, node, 0);
    const char *dot = strrchr(node->rate, '.');
    if (dot == NULL || dot == node->rate || dot[1] == '\0')
        return sq_type_refuse(typing, node, SQ_EVALUE,
                              "rate \"%s\" is no path of a tensor, MODULE.NAME", node->rate);
    if (y->out_channels % 2 != 0 || y->out_channels / 2 % node->heads != 0)
        return sq_type_refuse(typing, node, SQ_ESHAPE,
                              "two halves of %u channels (\"%s\") cannot be divided among %u heads",
                              y->out_channels, y->id, node->heads);
    return SQ_OK;
}

/* What it sends: channels, for each token of its spikes. */
static int set_shape(const struct sq_typing *typing, struct sq_graph_node *node, uint64_t channels)
{
    const struct sq_graph_node *spikes = sq_input_of(typing->graph, node, 1);
    if (channels > 65535)
        return sq_type_refuse(typing, node, SQ_EUNSUPPORTED, "%llu channels are too many",
                              (unsigned long long)channels);
    node->edge = SQ_EDGE_REALS;
    node->max_value = 0;
    node->out_channels = (uint32_t)channels;
    node->out_height = spikes->out_height;
    node->out_width = spikes->out_width;
    return SQ_OK;
}

int sq_type_dssa_score(const struct sq_typing *typing, struct sq_graph_node *node)
{
    const struct sq_graph_node *y = sq_input_of(typing->graph, node, 0);
    const struct sq_graph_node *spikes = sq_input_of(typing->graph, node, 1);
    int status = check_edges(typing, node);
    if (status == SQ_OK)
        status = check_heads(typing, node);
    if (status != SQ_OK)
        return status;
    if (y->out_channels != 2 * spikes->out_channels)
        return sq_type_refuse(
            typing, node, SQ_ESHAPE,
            "reads %u channels (\"%s\") for %u of spikes (\"%s\"); it needs twice "
            "as many",
            y->out_channels, y->id, spikes->out_channels, spikes->id);
    return set_shape(typing, node, (uint64_t)node->heads * positions_of(y));
}

int sq_type_dssa_mix(const struct sq_typing *typing, struct sq_graph_node *node)
{
    const struct sq_graph_node *y = sq_input_of(typing->graph, node, 0);
    const struct sq_graph_node *spikes = sq_input_of(typing->graph, node, 1);
    int status = check_edges(typing, node);
    if (status == SQ_OK)
        status = check_heads(typing, node);
    if (status != SQ_OK)
        return status;
    if (spikes->out_channels != (uint64_t)node->heads * positions_of(y))
        return sq_type_refuse(typing, node, SQ_ESHAPE,
                              "reads %u channels of spikes (\"%s\"); %u heads of %u positions "
                              "(\"%s\") make %llu",
                              spikes->out_channels, spikes->id, node->heads, positions_of(y), y->id,
                              (unsigned long long)node->heads * positions_of(y));
    return set_shape(typing, node, y->out_channels / 2);
}

/* A spike adds a row: the outputs of its head and token. */
static int describe_product(const struct sq_describing *describing, struct sq_op *op)
{
    const struct sq_graph_node *node = describing->node;
    const struct sq_graph_node *spikes = sq_input_of(describing->graph, node, 1);
    op->kind = SQ_OP_DSSA;
    op->n_in = sq_elements_of(spikes);
    op->n_out = sq_elements_of(node);
    op->fan = node->out_channels / node->heads;
    op->dense_full = op->dense_in = op->n_in * op->fan;
    op->heads = node->heads;
    memcpy(op->source, spikes->id, sizeof op->source);
    return 1;
}

int sq_describe_dssa_score(const struct sq_describing *describing, struct sq_op *op)
{
    return describe_product(describing, op);
}

int sq_describe_dssa_mix(const struct sq_describing *describing, struct sq_op *op)
{
    return describe_product(describing, op);
}
