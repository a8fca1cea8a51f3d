#include "sim/record/describe_graph.h"

#include "sim/graph/graph_json.h"
#include "sim/ops/account_operations.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int no_memory(struct sq_error *err)
{
    return sq_fail(err, SQ_ENOMEM, "out of memory for the plan of a trace");
}

/* A line of JSON as the arena's; NULL: out of memory. Frees it. */
static const char *keep(struct sq_arena *arena, char *text)
{
    const char *line = text != NULL ? sq_arena_strdup(arena, text) : NULL;
    free(text);
    return line;
}

static int64_t population_of(const struct sq_trace_plan *plan, const char *id)
{
    for (size_t p = 0; p < plan->n_populations; p++)
        if (strcmp(plan->population[p].name, id) == 0)
            return (int64_t)p;
    return -1;
}

static int describe_node(struct sq_error *err, struct sq_arena *arena, const struct sq_graph *graph,
                         const struct sq_trace_plan *plan, const struct sq_graph_node *node,
                         struct sq_trace_node *to)
{
    static const enum sq_trace_edge edge[SQ_EDGES] = {
        [SQ_EDGE_SPIKES] = SQ_TRACE_EDGE_SPIKES,
        [SQ_EDGE_COUNTS] = SQ_TRACE_EDGE_COUNTS,
        [SQ_EDGE_REALS] = SQ_TRACE_EDGE_REALS,
    };
    snprintf(to->id, sizeof to->id, "%s", node->id);
    snprintf(to->op, sizeof to->op, "%s", sq_operation_name(node->operation));
    snprintf(to->roles, sizeof to->roles, "%s", node->role);
    to->inputs = keep(arena, sq_graph_inputs_text(graph, node));
    to->parameters = keep(arena, sq_graph_parameters_text(node));
    to->edge = edge[node->edge];
    to->max_value = node->max_value;
    to->channels = node->out_channels;
    to->height = node->out_height;
    to->width = node->out_width;
    to->population = population_of(plan, node->id);
    return to->inputs != NULL && to->parameters != NULL ? SQ_OK : no_memory(err);
}

static int describe_nodes(struct sq_error *err, struct sq_arena *arena,
                          const struct sq_graph *graph, struct sq_trace_plan *plan)
{
    struct sq_trace_node *node = sq_arena_alloc(arena, graph->n_nodes, sizeof *node);
    int status = node != NULL ? SQ_OK : no_memory(err);
    for (uint32_t i = 0; status == SQ_OK && i < graph->n_nodes; i++)
        status = describe_node(err, arena, graph, plan, &graph->node[i], &node[i]);
    plan->node = node;
    plan->n_nodes = graph->n_nodes;
    return status;
}

/* The node of the table whose counts are an operation's; batch norms are folded: none counts. */
static const struct sq_node *counting_node(const struct sq_network *network, const struct sq_op *op)
{
    return op->kind != SQ_OP_NORM ? sq_network_node_of(network, op->node) : NULL;
}

static void describe_operation(const struct sq_network *network, const struct sq_op *op,
                               struct sq_trace_operation *to)
{
    const struct sq_node *node = counting_node(network, op);
    const int has_weights = op->kind == SQ_OP_CONV || op->kind == SQ_OP_LINEAR;
    const struct sq_synapse *weights = node != NULL ? sq_node_weights(network, node) : NULL;
    snprintf(to->name, sizeof to->name, "%s", op->name);
    snprintf(to->kind, sizeof to->kind, "%s", sq_op_kind_name(op->kind));
    snprintf(to->node, sizeof to->node, "%s", node != NULL ? node->graph->id : "");
    to->fan_out = op->fan;
    to->dense = op->dense_in;
    to->weights = op->weights;
    to->weight_zeros = has_weights && weights != NULL && weights->bias != NULL
                           ? (int64_t)weights->weight_zeros
                           : -1;
    if (node != NULL && (sq_op_is_synaptic(op) || op->kind == SQ_OP_ADD)) {
        to->adder_bits = node->adder_bits;
        to->factor_bits = node->factor_bits;
    }
}

static int describe_operations(struct sq_error *err, struct sq_arena *arena,
                               const struct sq_network *network, const struct sq_counters *counters,
                               struct sq_trace_plan *plan)
{
    struct sq_trace_operation *operation =
        sq_arena_alloc(arena, counters->n_ops, sizeof *operation);
    if (operation == NULL)
        return no_memory(err);
    for (size_t i = 0; i < counters->n_ops; i++)
        describe_operation(network, &counters->op[i], &operation[i]);
    plan->operation = operation;
    plan->n_operations = counters->n_ops;
    return SQ_OK;
}

int sq_trace_describe(struct sq_error *err, struct sq_arena *arena,
                      const struct sq_network *network, struct sq_trace_plan *plan)
{
    struct sq_counters counters = {.n_ops = 0};
    int status = describe_nodes(err, arena, &network->graph, plan);
    if (status == SQ_OK)
        status = sq_counters_from_graph(err, network->config.name, &network->graph,
                                        network->config.timesteps, &counters);
    if (status == SQ_OK)
        status = describe_operations(err, arena, network, &counters, plan);
    sq_counters_free(&counters);
    return status;
}
