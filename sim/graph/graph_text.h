/* A graph for people: a table, and pictures as Graphviz and Mermaid draw them. */
#ifndef SQ_GRAPH_TEXT_H
#define SQ_GRAPH_TEXT_H

#include "sim/graph/graph.h"

#include <stdio.h>

/* What the plan and the account know of a node; 0 where it has none. */
struct sq_graph_note {
    uint32_t step;            /* nodes of the same number run as one */
    uint64_t weights;         /* without biases */
    uint64_t fan_out;         /* synapses of an input away from the border */
    uint64_t dense;           /* synaptic operations of a timestep in which every input fires */
    bool multiplies, is_once; /* `dense` counts multiply-accumulates; it is done once a sample */
};

/* One line a node, in the order of execution. note: [graph->n_nodes] */
void sq_graph_write_table(FILE *to, const struct sq_graph *graph, const struct sq_graph_note *note);

/* "conv 3x3", "neuron lif tau 2 threshold 1" */
void sq_graph_write_operation(char *text, size_t size, const struct sq_graph_node *node);

/* "spikes", "counts 0..3", "reals"; "3x32x32" (channels, height, width) */
void sq_graph_write_edge(char *text, size_t size, const struct sq_graph_node *node);
void sq_graph_write_shape(char *text, size_t size, const struct sq_graph_node *node);

/* The same graph in the language DOT of Graphviz, and as a flowchart of Mermaid. */
void sq_graph_write_dot(FILE *to, const struct sq_graph *graph);
void sq_graph_write_mermaid(FILE *to, const struct sq_graph *graph);

#endif
