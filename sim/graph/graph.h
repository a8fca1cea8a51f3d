/* The graph: a network as a list of typed nodes. It is data: what is executed, priced, recorded and
 * analysed follows from it, and nothing outside it goes by the names of a network's modules.
 *
 * A node reads what earlier nodes send, and sends one thing itself at each timestep. What an edge
 * carries has one of three types:
 *   spikes   0 or 1
 *   counts   whole numbers 0 .. max_value, such as sums of spikes; events, as bit planes
 *   reals    a float32 for each neuron and timestep, such as a current or a membrane shortcut; it is
 *            internal state and never an event
 *
 * A graph comes from a file, as a flat list of nodes or made by a template (template.h), or from a
 * trace. sq_graph_check() (sim/ops/types.h) gives every node its shape and its edge type. */
#ifndef SQ_GRAPH_H
#define SQ_GRAPH_H

#include "kernels/base/arena.h"
#include "kernels/base/status.h"

#include <stdbool.h>
#include <stdint.h>

/* The deepest Spikformer has 64 blocks of 22 nodes; what a graph costs to look through is bounded. */
enum { SQ_GRAPH_TEXT = 64, SQ_GRAPH_WORD = 24, SQ_GRAPH_MOST_NODES = 4096 };

enum sq_edge { SQ_EDGE_SPIKES, SQ_EDGE_COUNTS, SQ_EDGE_REALS, SQ_EDGES };

/* The operations that a node can be; operations.inc lists them. */
enum sq_operation {
#define SQ_OPERATION(NAME, name, least, most, parameters) SQ_OPERATION_##NAME,
#include "sim/graph/operations.inc"
    SQ_OPERATIONS
};

/* Axes behind [T, B] in which the official module returns a population: C channels, N tokens, H x W
 * their grid; H1D heads, 1, channels of a head; H1N heads, 1, tokens; HMN heads, channels of a head, tokens;
 * C channels alone. */
enum sq_axes {
    SQ_AXES_CHW,
    SQ_AXES_NC,
    SQ_AXES_CN,
    SQ_AXES_H1D,
    SQ_AXES_H1N,
    SQ_AXES_HMN,
    SQ_AXES_C
};

/* Which product of attention comes first, and what the scale multiplies. */
enum sq_product_order { SQ_PRODUCT_QK, SQ_PRODUCT_KV };
enum sq_scaled { SQ_SCALED_OUTPUT, SQ_SCALED_SCORES };

enum sq_input_kind { SQ_INPUT_IMAGE, SQ_INPUT_FRAMES };

/* Neurons (kernels/lif, kernels/neuron): LIF of a time constant tau; PLIF, whose decay is learned, the
 * sigmoid of the tensor ID.w; IF, without leak; MS, of MS-ResNet, which fires above its threshold;
 * multispike, without membrane: it sends 0 .. most spikes at once, of which readers see the number over
 * divide_by. */
enum sq_neuron_kind {
    SQ_NEURON_KIND_LIF,
    SQ_NEURON_KIND_PLIF,
    SQ_NEURON_KIND_IF,
    SQ_NEURON_KIND_MS,
    SQ_NEURON_KIND_MULTISPIKE,
    SQ_NEURON_KINDS
};

enum sq_count_rounding { SQ_COUNT_HALF_TO_EVEN, SQ_COUNT_HALF_UP };

/* Where a 3x3 maximum of spikes looks: at neighbours in the grid, or at neighbouring tokens and channels of
 * a head, as an official module reads its tensor. */
enum sq_erode_axes { SQ_ERODE_GRID, SQ_ERODE_HEADS };

struct sq_graph_node {
    char id[SQ_GRAPH_TEXT]; /* the module path where it is a population */
    enum sq_operation operation;
    uint32_t n_inputs;
    uint32_t *input; /* [n_inputs] numbers of earlier nodes */
    /* Of any node: */
    char role[SQ_GRAPH_WORD]; /* "stem", "q", "residual", "classifier", ...; "" where no one asks */
    int32_t block;            /* number of the encoder block; -1: outside */
    char weight[SQ_GRAPH_TEXT]; /* where its tensors lie: WEIGHT.weight, WEIGHT.bias */
    char after[SQ_GRAPH_TEXT];  /* node behind which the official module registers it; "": the one
                                   before it here */
    /* Of some operations (parameters.c): */
    enum sq_input_kind input_kind;
    bool has_no_time;  /* of the input: the official module has no axis of timesteps, [B, ...] */
    uint32_t channels; /* that it sends; 0: the tensor tells, or the node that it reads */
    uint32_t height, width; /* of the input */
    uint32_t kernel, axes_of_kernel, stride, padding, groups;
    bool
        folds; /* a convolution that is folded, when weights are loaded, into the layer that it reads */
    bool has_bias; /* its tensor must be there; else it may be */
    bool
        adds_bias_apart; /* PyTorch adds it apart, as the official module gives it a strided view */
    enum sq_neuron_kind neuron;
    double tau, threshold, reset;
    double decay;             /* of MS: what is left of a membrane after a timestep */
    uint32_t most, divide_by; /* of multispike, as rounding */
    enum sq_count_rounding rounding;
    bool
        is_batch_coupled; /* the official module runs its state over timesteps and samples of a batch */
    enum sq_axes axes;
    enum sq_erode_axes erode_axes;
    uint32_t heads;
    char rate[SQ_GRAPH_TEXT]; /* of DSSA: the tensor of its firing rates, one a head */
    double scale;
    enum sq_product_order order;
    enum sq_scaled scaled;
    /* What sq_graph_check() finds out: */
    enum sq_edge edge;
    uint32_t max_value;                           /* 1 for spikes; 0 for reals */
    uint32_t out_channels, out_height, out_width; /* rows of the grid: out_height * out_width */
    uint32_t n_readers;
};

struct sq_graph {
    char architecture[SQ_GRAPH_TEXT]; /* name of the file that it was made from */
    uint64_t unused_parameters;       /* that the official module holds and never uses */
    struct sq_graph_node *node;       /* [n_nodes], each behind those that it reads */
    uint32_t n_nodes, room;
    struct sq_arena arena; /* of the lists of inputs */
};

void sq_graph_free(struct sq_graph *graph);

/* Append an empty node with the defaults of its parameters; NULL: out of memory, or too many. It
 * moves when another is appended. */
struct sq_graph_node *sq_graph_add(struct sq_graph *graph, enum sq_operation operation);

/* Room for a node's inputs; SQ_ENOMEM. */
int sq_graph_inputs(struct sq_error *err, struct sq_graph *graph, struct sq_graph_node *node,
                    uint32_t n);

/* The number of the node called `id`, or n_nodes. Cost: a pass over the graph. */
uint32_t sq_graph_find(const struct sq_graph *graph, const char *id);

/* The number of the first node of a role, or n_nodes. Cost: a pass over the graph. */
uint32_t sq_graph_find_role(const struct sq_graph *graph, const char *role);

/* "conv"; "spikes". */
const char *sq_operation_name(enum sq_operation operation);
const char *sq_edge_name(enum sq_edge edge);

/* "lif" */
const char *sq_neuron_kind_name(enum sq_neuron_kind kind);

/* The operation of a name; SQ_OPERATIONS: no such one. */
enum sq_operation sq_operation_named(const char *name);

/* Every operation's name, "a, b, c", for messages. */
void sq_operation_list(char *text, size_t size);

/* Does the node at `index` read what node `from` sends? */
bool sq_graph_reads(const struct sq_graph *graph, uint32_t index, uint32_t from);

/* The only reader of a node; n_nodes: it has none or several. Cost: a pass over the graph. */
uint32_t sq_graph_reader(const struct sq_graph *graph, uint32_t index);

#endif
