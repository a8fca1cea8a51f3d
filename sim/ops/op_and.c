/* AND of spikes: element by element; with one row for all tokens, as a gate of channels; or with one
 * channel for each head, as a gate of tokens (sim/ops/gating.h says which). */
#include "sim/ops/gating.h"
#include "sim/ops/rows.h"

static bool has_grid_of(const struct sq_graph_node *a, const struct sq_graph_node *b)
{
    return a->out_height == b->out_height && a->out_width == b->out_width;
}

enum sq_gate sq_gate_of(const struct sq_graph_node *spikes, const struct sq_graph_node *gate)
{
    if (spikes->out_channels == gate->out_channels && has_grid_of(spikes, gate))
        return SQ_GATE_ELEMENTS;
    if (spikes->out_channels == gate->out_channels && gate->out_height * gate->out_width == 1)
        return SQ_GATE_TOKENS;
    if (has_grid_of(spikes, gate) && spikes->out_channels % gate->out_channels == 0)
        return SQ_GATE_HEADS;
    return SQ_GATE_NONE;
}

static int check_spikes(const struct sq_typing *typing, const struct sq_graph_node *node)
{
    for (uint32_t i = 0; i < 2; i++) {
        const struct sq_graph_node *from = sq_input_of(typing->graph, node, i);
        if (from->edge != SQ_EDGE_SPIKES)
            return sq_type_refuse(typing, node, SQ_EUNSUPPORTED,
                                  "reads %s from \"%s\"; it reads spikes", sq_edge_name(from->edge),
                                  from->id);
    }
    return SQ_OK;
}

static int refuse_shapes(const struct sq_typing *typing, const struct sq_graph_node *node,
                         const struct sq_graph_node *a, const struct sq_graph_node *b)
{
    return sq_type_refuse(typing, node, SQ_ESHAPE,
                          "joins %ux%ux%u (\"%s\") and %ux%ux%u (\"%s\"), which do not fit",
                          a->out_channels, a->out_height, a->out_width, a->id, b->out_channels,
                          b->out_height, b->out_width, b->id);
}

/* The gate may stand first or second. */
int sq_type_and(const struct sq_typing *typing, struct sq_graph_node *node)
{
    const struct sq_graph_node *a = sq_input_of(typing->graph, node, 0);
    const struct sq_graph_node *b = sq_input_of(typing->graph, node, 1);
    const int status = check_spikes(typing, node);
    if (status != SQ_OK)
        return status;
    const bool is_swapped = sq_gate_of(a, b) == SQ_GATE_NONE;
    if (is_swapped && sq_gate_of(b, a) == SQ_GATE_NONE)
        return refuse_shapes(typing, node, a, b);
    const struct sq_graph_node *spikes = is_swapped ? b : a;
    node->edge = SQ_EDGE_SPIKES;
    node->max_value = 1;
    node->out_channels = spikes->out_channels;
    node->out_height = spikes->out_height;
    node->out_width = spikes->out_width;
    return SQ_OK;
}

/* a AND NOT b, of two sets alike. */
int sq_type_and_not(const struct sq_typing *typing, struct sq_graph_node *node)
{
    const struct sq_graph_node *a = sq_input_of(typing->graph, node, 0);
    const struct sq_graph_node *b = sq_input_of(typing->graph, node, 1);
    const int status = check_spikes(typing, node);
    if (status != SQ_OK)
        return status;
    if (sq_gate_of(a, b) != SQ_GATE_ELEMENTS)
        return refuse_shapes(typing, node, a, b);
    sq_type_like(typing->graph, node, SQ_EDGE_SPIKES, 1);
    return SQ_OK;
}

int sq_describe_and(const struct sq_describing *describing, struct sq_op *op)
{
    op->kind = SQ_OP_GATE;
    op->n_in = op->n_out = sq_elements_of(describing->node);
    return 1;
}

int sq_describe_and_not(const struct sq_describing *describing, struct sq_op *op)
{
    return sq_describe_and(describing, op);
}
