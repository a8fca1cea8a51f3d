#include "sim/graph/graph.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void sq_graph_free(struct sq_graph *graph)
{
    if (graph == NULL)
        return;
    free(graph->node);
    sq_arena_free(&graph->arena);
    *graph = (struct sq_graph){.n_nodes = 0};
}

struct sq_graph_node *sq_graph_add(struct sq_graph *graph, enum sq_operation operation)
{
    if (graph->n_nodes == SQ_GRAPH_MOST_NODES)
        return NULL;
    if (graph->n_nodes == graph->room) {
        const uint32_t room = graph->room * 2 + 32;
        struct sq_graph_node *grown = realloc(graph->node, room * sizeof *grown);
        if (grown == NULL)
            return NULL;
        graph->node = grown;
        graph->room = room;
    }
    struct sq_graph_node *node = &graph->node[graph->n_nodes++];
    const bool is_sum = operation == SQ_OPERATION_AVGPOOL || operation == SQ_OPERATION_SUMPOOL;
    *node = (struct sq_graph_node){.operation = operation,
                                   .block = -1,
                                   .kernel = operation == SQ_OPERATION_MAXPOOL ? 3
                                             : is_sum                          ? 2
                                                                               : 1,
                                   .axes_of_kernel = 2,
                                   .stride = operation == SQ_OPERATION_MAXPOOL || is_sum ? 2 : 1,
                                   .padding = operation == SQ_OPERATION_MAXPOOL ? 1 : 0,
                                   .groups = 1,
                                   .tau = 2,
                                   .threshold = 1,
                                   .decay = 0.25,
                                   .most = 4,
                                   .divide_by = 1,
                                   .scale = 1};
    return node;
}

int sq_graph_inputs(struct sq_error *err, struct sq_graph *graph, struct sq_graph_node *node,
                    uint32_t n)
{
    node->input = sq_arena_alloc(&graph->arena, n, sizeof *node->input);
    if (node->input == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for the inputs of node \"%s\"", node->id);
    node->n_inputs = n;
    return SQ_OK;
}

uint32_t sq_graph_find(const struct sq_graph *graph, const char *id)
{
    for (uint32_t i = 0; i < graph->n_nodes; i++)
        if (strcmp(graph->node[i].id, id) == 0)
            return i;
    return graph->n_nodes;
}

uint32_t sq_graph_find_role(const struct sq_graph *graph, const char *role)
{
    uint32_t i = 0;
    while (i < graph->n_nodes && strcmp(graph->node[i].role, role) != 0)
        i++;
    return i;
}

static const char *const operation_name[SQ_OPERATIONS] = {
#define SQ_OPERATION(NAME, name, least, most, parameters) [SQ_OPERATION_##NAME] = #name,
#include "sim/graph/operations.inc"
};

const char *sq_operation_name(enum sq_operation operation)
{
    return (unsigned)operation < SQ_OPERATIONS ? operation_name[operation] : "unknown";
}

enum sq_operation sq_operation_named(const char *name)
{
    int i = 0;
    while (i < SQ_OPERATIONS && strcmp(operation_name[i], name) != 0)
        i++;
    return (enum sq_operation)i;
}

void sq_operation_list(char *text, size_t size)
{
    size_t used = 0;
    for (int i = 0; i < SQ_OPERATIONS && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", i > 0 ? ", " : "",
                                 operation_name[i]);
}

const char *sq_edge_name(enum sq_edge edge)
{
    static const char *const name[SQ_EDGES] = {"spikes", "counts", "reals"};
    return (unsigned)edge < SQ_EDGES ? name[edge] : "unknown";
}

bool sq_graph_reads(const struct sq_graph *graph, uint32_t index, uint32_t from)
{
    const struct sq_graph_node *node = &graph->node[index];
    for (uint32_t i = 0; i < node->n_inputs; i++)
        if (node->input[i] == from)
            return true;
    return false;
}

uint32_t sq_graph_reader(const struct sq_graph *graph, uint32_t index)
{
    uint32_t found = graph->n_nodes;
    for (uint32_t i = index + 1; i < graph->n_nodes; i++)
        if (sq_graph_reads(graph, i, index)) {
            if (found != graph->n_nodes)
                return graph->n_nodes;
            found = i;
        }
    return found;
}
