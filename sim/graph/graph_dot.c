/* Pictures of a graph. Nodes are called n0, n1, ...: their ids stand in labels, escaped. */
#include "sim/graph/graph_text.h"

#include <string.h>

/* A character of a label that means something to the language, and what stands for it. */
struct escape {
    char character;
    const char *written;
};

static const struct escape of_dot[] = {{'"', "\\\""}, {'\\', "\\\\"}, {'\0', NULL}};
static const struct escape of_mermaid[] = {{'"', "#quot;"}, {'#', "#35;"},  {'<', "#lt;"},
                                           {'>', "#gt;"},   {'`', "#96;"},  {'&', "#amp;"},
                                           {'|', "#124;"},  {'\\', "#92;"}, {'\0', NULL}};

static void put_text(FILE *to, const char *text, const struct escape *escape)
{
    for (; *text != '\0'; text++) {
        const struct escape *at = escape;
        while (at->written != NULL && at->character != *text)
            at++;
        if (at->written != NULL)
            fputs(at->written, to);
        else
            fputc((unsigned char)*text < ' ' ? ' ' : *text, to);
    }
}

/* Id, operation and shape, a line each. */
static void put_label(FILE *to, const struct sq_graph_node *node, const char *line_end,
                      const struct escape *escape)
{
    char operation[160], shape[48];
    sq_graph_write_operation(operation, sizeof operation, node);
    sq_graph_write_shape(shape, sizeof shape, node);
    put_text(to, node->id, escape);
    fputs(line_end, to);
    put_text(to, operation, escape);
    fputs(line_end, to);
    put_text(to, shape, escape);
}

static void put_dot_edges(FILE *to, const struct sq_graph *graph, uint32_t index)
{
    const struct sq_graph_node *node = &graph->node[index];
    char edge[48];
    for (uint32_t i = 0; i < node->n_inputs; i++) {
        const struct sq_graph_node *from = &graph->node[node->input[i]];
        sq_graph_write_edge(edge, sizeof edge, from);
        fprintf(to, "  n%u -> n%u [label=\"%s\"%s];\n", node->input[i], index, edge,
                from->edge == SQ_EDGE_REALS ? ", style=dashed" : "");
    }
}

void sq_graph_write_dot(FILE *to, const struct sq_graph *graph)
{
    fputs("digraph \"", to);
    put_text(to, graph->architecture, of_dot);
    fputs("\" {\n  node [shape=box];\n", to);
    for (uint32_t i = 0; i < graph->n_nodes; i++) {
        const bool is_population = graph->node[i].operation == SQ_OPERATION_NEURON;
        fprintf(to, "  n%u [label=\"", i);
        put_label(to, &graph->node[i], "\\n", of_dot);
        fprintf(to, "\"%s];\n", is_population ? ", style=rounded" : "");
    }
    for (uint32_t i = 0; i < graph->n_nodes; i++)
        put_dot_edges(to, graph, i);
    fputs("}\n", to);
}

void sq_graph_write_mermaid(FILE *to, const struct sq_graph *graph)
{
    char edge[48];
    fputs("flowchart TD\n", to);
    for (uint32_t i = 0; i < graph->n_nodes; i++) {
        const bool is_population = graph->node[i].operation == SQ_OPERATION_NEURON;
        fprintf(to, "  n%u%s", i, is_population ? "([\"" : "[\"");
        put_label(to, &graph->node[i], "<br>", of_mermaid);
        fprintf(to, "\"%s\n", is_population ? "])" : "]");
    }
    for (uint32_t i = 0; i < graph->n_nodes; i++)
        for (uint32_t k = 0; k < graph->node[i].n_inputs; k++) {
            const uint32_t from = graph->node[i].input[k];
            sq_graph_write_edge(edge, sizeof edge, &graph->node[from]);
            fprintf(to, "  n%u %s|\"%s\"| n%u\n", from,
                    graph->node[from].edge == SQ_EDGE_REALS ? "-.->" : "-->", edge, i);
        }
}
