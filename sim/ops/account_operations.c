#include "sim/ops/account_operations.h"

#include "sim/ops/operation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Nodes in the order in which they are registered. */
struct order {
    const struct sq_graph *graph;
    uint32_t *node; /* [n_nodes] */
    uint32_t n;
    uint32_t *moved; /* those that are registered behind another node */
    uint32_t n_moved;
};

/* A node, then those that are registered behind it. */
static void append(struct order *order, uint32_t index)
{
    const uint32_t first = order->n;
    order->node[order->n++] = index;
    for (uint32_t at = first; at < order->n; at++)
        for (uint32_t i = 0; i < order->n_moved; i++)
            if (order->n < order->graph->n_nodes &&
                strcmp(order->graph->node[order->moved[i]].after,
                       order->graph->node[order->node[at]].id) == 0)
                order->node[order->n++] = order->moved[i];
}

static int make_order(struct sq_error *err, struct order *order)
{
    const struct sq_graph *graph = order->graph;
    for (uint32_t i = 0; i < graph->n_nodes; i++)
        if (graph->node[i].after[0] != '\0')
            order->moved[order->n_moved++] = i;
    for (uint32_t i = 0; i < graph->n_nodes; i++)
        if (graph->node[i].after[0] == '\0')
            append(order, i);
    for (uint32_t i = 0; order->n < graph->n_nodes && i < order->n_moved; i++)
        if (sq_graph_find(graph, graph->node[order->moved[i]].after) == graph->n_nodes)
            return sq_fail(err, SQ_EFORMAT, "node \"%s\": \"after\" is \"%s\", which is not a node",
                           graph->node[order->moved[i]].id, graph->node[order->moved[i]].after);
    return order->n == graph->n_nodes
               ? SQ_OK
               : sq_fail(err, SQ_EFORMAT, "node \"%s\": \"after\" leads in a circle",
                         graph->node[order->moved[0]].id);
}

/* What a node reads; behind a mean over timesteps, which the account takes with the mean over tokens,
 * that. */
static const struct sq_graph_node *source_of(const struct sq_graph *graph,
                                             const struct sq_graph_node *node)
{
    const struct sq_graph_node *from = sq_input_of(graph, node, 0);
    while (from->operation == SQ_OPERATION_MEAN_TIME || from->operation == SQ_OPERATION_FLATTEN)
        from = sq_input_of(graph, from, 0);
    return from;
}

/* Multispike neurons send several spikes at once. */
static uint32_t levels_of(const struct sq_graph *graph, const struct sq_graph_node *node)
{
    uint32_t most = node->operation == SQ_OPERATION_NEURON ? node->max_value : 1;
    for (uint32_t i = 0; i < node->n_inputs; i++) {
        const struct sq_graph_node *from = sq_input_of(graph, node, i);
        if (from->operation == SQ_OPERATION_NEURON && from->max_value > most)
            most = from->max_value;
    }
    return most;
}

static void add_operation(const struct sq_graph *graph, uint32_t index, struct sq_counters *out)
{
    const struct sq_graph_node *node = &graph->node[index];
    const struct sq_describing describing = {graph, node, out->timesteps};
    struct sq_op *op = &out->op[out->n_ops];
    snprintf(op->name, sizeof op->name, "%s", node->weight[0] != '\0' ? node->weight : node->id);
    snprintf(op->role, sizeof op->role, "%s", node->role);
    op->block = node->block;
    op->node = index;
    op->positions = 1;
    op->levels = levels_of(graph, node);
    if (node->n_inputs > 0) {
        op->source_node = (uint32_t)(source_of(graph, node) - graph->node);
        snprintf(op->source, sizeof op->source, "%s", source_of(graph, node)->id);
    }
    out->n_ops += sq_operation_row[node->operation].describe(&describing, op) != 0;
}

/* Sizes that tables and some conventions go by: of the last attention, and how many blocks. */
static void note_sizes(const struct sq_graph *graph, struct sq_counters *out)
{
    for (uint32_t i = 0; i < graph->n_nodes; i++) {
        const struct sq_graph_node *node = &graph->node[i];
        if (node->block >= (int32_t)out->depth)
            out->depth = (uint32_t)node->block + 1;
        if (node->operation != SQ_OPERATION_ATTEND)
            continue;
        out->heads = node->heads;
        out->dim = sq_input_of(graph, node, 0)->out_channels;
        out->tokens = node->out_height * node->out_width;
    }
}

/* Weights and bias of a layer as the file holds them. */
static uint64_t parameters_of(const struct sq_graph *graph, const struct sq_graph_node *node)
{
    const uint64_t of_input = (uint64_t)sq_input_of(graph, node, 0)->out_channels / node->groups;
    const uint64_t taps = node->operation == SQ_OPERATION_CONV && node->axes_of_kernel == 2
                              ? (uint64_t)node->kernel * node->kernel
                              : node->kernel;
    return node->out_channels * (of_input * taps + node->has_bias);
}

/* Parameters and buffers of the official module, those included that it never uses. */
static void count_parameters(const struct sq_graph *graph, struct sq_counters *out)
{
    for (uint32_t i = 0; i < graph->n_nodes; i++) {
        const struct sq_graph_node *node = &graph->node[i];
        if (node->operation == SQ_OPERATION_CONV || node->operation == SQ_OPERATION_LINEAR)
            out->parameters += parameters_of(graph, node);
        if (node->operation == SQ_OPERATION_NEURON && node->neuron == SQ_NEURON_KIND_PLIF)
            out->parameters++;
        if (node->operation == SQ_OPERATION_SCALE_CHANNELS)
            out->parameters += node->out_channels;
        if (node->operation == SQ_OPERATION_DSSA_SCORE || node->operation == SQ_OPERATION_DSSA_MIX)
            out->buffers_bytes += 4 * (uint64_t)node->heads;
        if (node->operation != SQ_OPERATION_BN)
            continue;
        out->parameters += 2 * (uint64_t)node->out_channels;
        out->buffers_bytes += 8 * (uint64_t)node->out_channels + 8;
    }
    out->parameters += out->unused_parameters;
}

int sq_counters_from_graph(struct sq_error *err, const char *name, const struct sq_graph *graph,
                           uint32_t timesteps, struct sq_counters *out)
{
    struct order order = {.graph = graph};
    order.node = calloc(2 * (size_t)graph->n_nodes + 1, sizeof *order.node);
    order.moved = order.node != NULL ? order.node + graph->n_nodes : NULL;
    out->op = sq_arena_alloc(&out->arena, graph->n_nodes + 1, sizeof *out->op);
    int status = order.node != NULL && out->op != NULL
                     ? make_order(err, &order)
                     : sq_fail(err, SQ_ENOMEM, "%s: out of memory for its operations", name);
    if (status == SQ_OK) {
        snprintf(out->config, sizeof out->config, "%s", name);
        snprintf(out->architecture, sizeof out->architecture, "%s", graph->architecture);
        out->timesteps = timesteps;
        out->batch = 1;
        out->unused_parameters = graph->unused_parameters;
        for (uint32_t i = 0; i < order.n; i++)
            add_operation(graph, order.node[i], out);
        note_sizes(graph, out);
        count_parameters(graph, out);
    }
    free(order.node);
    return status;
}
