/* Packets and edges of the nodes that run. */
#include "sim/network/plan_draft.h"

#include "kernels/base/bits.h"

#include <stdio.h>

/* Append a node that sends what `from` sends. */
struct sq_node *sq_plan_add_node(struct sq_plan_draft *draft, const struct sq_graph_node *from,
                                 enum sq_node_kind kind)
{
    struct sq_network *network = draft->network;
    struct sq_node *node = &network->node[network->n_nodes];
    const bool is_multispike =
        from->operation == SQ_OPERATION_NEURON && from->neuron == SQ_NEURON_KIND_MULTISPIKE;
    const uint32_t most =
        from->edge == SQ_EDGE_COUNTS && kind != SQ_NODE_INPUT ? from->max_value : 1;
    snprintf(node->name, sizeof node->name, "%s", from->id);
    node->kind = kind;
    node->graph = from;
    node->sends_reals =
        from->edge == SQ_EDGE_REALS && kind != SQ_NODE_INPUT && kind != SQ_NODE_HEAD;
    node->current_scale = 1;
    node->unit = is_multispike ? 1. / from->divide_by : 1;
    node->height = from->out_height;
    node->width = from->out_width;
    node->max_value = most;
    node->axes = from->axes;
    node->shape = (struct sq_spike_shape){
        .n_rows = from->out_height * from->out_width,
        .n_channels = from->out_channels,
        .n_words = (uint32_t)sq_words_for(from->out_channels),
        .n_planes = is_multispike ? SQ_MULTISPIKE_PLANES : 32 - (uint32_t)__builtin_clz(most),
        .line_rows = 1,
    };
    draft->sender[sq_plan_index(draft, from)] = (uint16_t)network->n_nodes++;
    draft->is_used[sq_plan_index(draft, from)] = 1;
    return node;
}

static void connect(struct sq_plan_draft *draft, struct sq_node *to, uint16_t source)
{
    to->source[to->n_sources++] = source;
    draft->network->node[source].n_targets++;
}

/* The sender of input number i of a node of the graph, connected to `to`. */
int sq_plan_connect(struct sq_plan_draft *draft, const struct sq_graph_node *node, uint32_t i,
                    struct sq_node *to)
{
    const struct sq_graph_node *from = sq_plan_input(draft, node, i);
    while (from->operation == SQ_OPERATION_FLATTEN) {
        draft->is_used[sq_plan_index(draft, from)] = 1;
        from = sq_plan_input(draft, from, 0);
    }
    const uint16_t source = draft->sender[sq_plan_index(draft, from)];
    if (source == SQ_NO_SENDER)
        return sq_plan_refuse(draft, node, "reads \"%s\", whose values stay inside another node",
                              sq_plan_input(draft, node, i)->id);
    connect(draft, to, source);
    return SQ_OK;
}

void sq_plan_choose_lists(struct sq_network *network)
{
    for (size_t i = 0; i < network->n_nodes; i++) {
        const struct sq_node *node = &network->node[i];
        if (!sq_is_tiled(node))
            continue;
        node->synapse->in_strips = 1;
        struct sq_node *from = &network->node[node->source[0]];
        from->read_as_lists = 1;
        if (node->synapse->kernel > 1)
            from->shape.line_rows = from->width;
    }
    for (size_t i = 0; i < network->n_nodes; i++) {
        struct sq_node *node = &network->node[i];
        if (node->kind == SQ_NODE_LINEAR && network->node[node->source[0]].shape.line_rows > 1)
            node->kind = SQ_NODE_CONV;
    }
}

/* The ends of all edges, in the order of the readers. */
int sq_plan_list_targets(struct sq_plan_draft *draft)
{
    struct sq_network *network = draft->network;
    for (size_t i = 0; i < network->n_nodes; i++) {
        struct sq_node *node = &network->node[i];
        node->target = sq_arena_alloc(&network->arena, node->n_targets, sizeof *node->target);
        if (node->target == NULL)
            return sq_fail(draft->err, SQ_ENOMEM, "out of memory for the edges of %s", node->name);
        node->n_targets = 0;
        for (uint16_t s = 0; s < node->n_sources; s++) {
            struct sq_node *from = &network->node[node->source[s]];
            from->target[from->n_targets++] = (uint16_t)i;
        }
    }
    return SQ_OK;
}
