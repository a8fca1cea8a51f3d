#include "sim/ops/types.h"

#include "sim/ops/operation.h"

#include <stdarg.h>
#include <stdio.h>

int sq_type_refuse(const struct sq_typing *typing, const struct sq_graph_node *node, int status,
                   const char *format, ...)
{
    char what[320];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return sq_fail(typing->err, status, "%.160s: node \"%s\" (%s): %s", typing->origin, node->id,
                   sq_operation_name(node->operation), what);
}

void sq_type_like(const struct sq_graph *graph, struct sq_graph_node *node, enum sq_edge edge,
                  uint32_t max_value)
{
    const struct sq_graph_node *from = sq_input_of(graph, node, 0);
    node->edge = edge;
    node->max_value = max_value;
    node->out_channels = from->out_channels;
    node->out_height = from->out_height;
    node->out_width = from->out_width;
}

int sq_type_channels(const struct sq_typing *typing, struct sq_graph_node *node)
{
    const struct sq_widths *widths = typing->widths;
    node->out_channels = node->channels;
    if (node->out_channels == 0 && widths != NULL)
        node->out_channels = widths->outputs(widths->data, node);
    if (node->out_channels == 0)
        return sq_type_refuse(typing, node, SQ_ESHAPE,
                              "how many channels it has is known from its weight alone; give a "
                              "model, or \"channels\"");
    if (node->out_channels > 65535)
        return sq_type_refuse(typing, node, SQ_EUNSUPPORTED, "%u channels are too many",
                              node->out_channels);
    node->channels = node->out_channels; /* so that a graph that is written says all */
    return SQ_OK;
}

/* How many nodes read each node. */
static void count_readers(struct sq_graph *graph)
{
    for (uint32_t i = 0; i < graph->n_nodes; i++)
        graph->node[i].n_readers = 0;
    for (uint32_t i = 0; i < graph->n_nodes; i++)
        for (uint32_t k = 0; k < graph->node[i].n_inputs; k++)
            graph->node[graph->node[i].input[k]].n_readers++;
}

/* One input at the beginning, one end, and every node in between on the way from one to the other. */
static int check_ends(const struct sq_typing *typing)
{
    const struct sq_graph *graph = typing->graph;
    if (graph->n_nodes == 0 || graph->node[0].operation != SQ_OPERATION_INPUT)
        return sq_fail(typing->err, SQ_EFORMAT, "%.160s: its first node must be the input",
                       typing->origin);
    for (uint32_t i = 0; i < graph->n_nodes; i++) {
        const struct sq_graph_node *node = &graph->node[i];
        if (i > 0 && node->operation == SQ_OPERATION_INPUT)
            return sq_type_refuse(typing, node, SQ_EFORMAT, "a network has one input");
        if (node->n_readers == 0 && i + 1 < graph->n_nodes)
            return sq_type_refuse(typing, node, SQ_EFORMAT, "no node reads what it sends");
    }
    return SQ_OK;
}

int sq_graph_check(struct sq_error *err, const char *origin, const struct sq_widths *widths,
                   struct sq_graph *graph)
{
    const struct sq_typing typing = {err, origin, widths, graph};
    count_readers(graph);
    int status = check_ends(&typing);
    for (uint32_t i = 0; status == SQ_OK && i < graph->n_nodes; i++)
        status = sq_operation_row[graph->node[i].operation].type(&typing, &graph->node[i]);
    return status;
}
