/* The network: a checkpoint and a configuration made into an immutable graph of nodes, with batch
 * norm folded and weights packed for kernels/accumulate.
 *
 * A node is whatever receives packets and sends one per timestep: a LIF population with the
 * synapses in front of it, or a relay without neurons (pooling, residual addition). Nodes are in
 * the order of the data's way, so a node's sources always come before it. */
#ifndef SQ_NETWORK_H
#define SQ_NETWORK_H

#include "kernels/attend/attend_graded.h"
#include "kernels/base/arena.h"
#include "kernels/base/warnings.h"
#include "kernels/neuron/neuron.h"
#include "kernels/pack/spikes.h"
#include "sim/checkpoint/checkpoint.h"
#include "sim/config/config.h"
#include "sim/graph/graph.h"
#include "sim/network/fixed.h"
#include "sim/network/shared_weights.h"
#include "sim/ops/gating.h"
#include "traces/files/digest.h"

#include <stdatomic.h>

enum { SQ_MAX_SOURCES = 3, SQ_NAME_BYTES = 64, SQ_NO_SENDER = UINT16_MAX };

/* Those with a synapse, attention or a sum integrate their current into neurons; or, where others read
 * it, they send the current itself: reals, which are no event. */
enum sq_node_kind {
    SQ_NODE_INPUT,       /* the image or frames: analog, no spikes */
    SQ_NODE_ANALOG_CONV, /* convolution of analog pixels (MAC) */
    SQ_NODE_CONV,        /* convolution of spikes or counts */
    SQ_NODE_LINEAR,      /* linear layer, or 1x1 convolution of stride 1 */
    SQ_NODE_MASKED,      /* grouped or depthwise convolution of spikes or counts */
    SQ_NODE_REAL_CONV,   /* convolution of a stream of reals (MAC) */
    SQ_NODE_ATTEND,      /* SSA of three spike sets q, k, v */
    SQ_NODE_SUM,         /* sum of spikes over tokens, or over the channels of a head */
    SQ_NODE_SCORE,       /* DSSA: sum of the columns of reals that the channels of a token select */
    SQ_NODE_MIX,         /* DSSA: sum of the rows of reals that the scores of a token select */
    SQ_NODE_NEURONS,     /* neurons of a stream of reals: no synapse */
    SQ_NODE_MEAN,        /* neurons of the mean over the tokens of a stream */
    SQ_NODE_POOL,        /* relay: OR over windows */
    SQ_NODE_SUM_POOL,    /* relay: sums over windows, integers as bit planes */
    SQ_NODE_ADD,         /* relay: residual addition, integers as bit planes */
    SQ_NODE_AND,         /* relay: AND, or AND NOT, of two spike sets */
    SQ_NODE_ERODE,       /* relay: 3x3 OR, stride 1 */
    SQ_NODE_REAL_ADD,    /* relay: addition of two streams of reals */
    SQ_NODE_REAL_POOL,   /* relay: maximum or mean of reals over windows */
    SQ_NODE_HEAD,        /* mean over tokens and timesteps, linear readout; a second classifier's
                            currents beside it */
    SQ_NODE_KINDS
};

/* What a node computes in: a row of sim/nodes/arithmetic.h, bound when its weights are packed. */
enum sq_arithmetic {
    SQ_IN_F32,      /* float32 */
    SQ_IN_I8,       /* weights of 8 bits, sums of 16 */
    SQ_IN_I8_TILES, /* weights of 8 bits, sums of 32, made of those of tiles, which fit 16 */
    SQ_IN_I16, /* weights of 16 bits, sums of 32; and what has no weights: whole numbers, streams */
    SQ_IN_I64, /* weights of 16 bits times a stream, sums of 64 */
    SQ_ARITHMETICS
};

/* How many taps of a kernel an input has: of row y and column x of the input's grid down[y] * across[x],
 * padding excluded. */
struct sq_taps {
    uint32_t height, width; /* of the input's grid */
    const uint32_t *down, *across;
};

/* Weights of one node, batch norm folded in. */
struct sq_synapse {
    char name[SQ_NAME_BYTES]; /* module path of the weight: "block.0.attn.q_linear" */
    char kind[24];            /* see sq_synapse_kind() */
    uint32_t
        n_in; /* weight rows: input channels of a group, tap by tap, kernel lines top to bottom */
    uint32_t n_out;
    uint32_t kernel, stride, padding; /* 1, 1, 0 of a linear layer */
    uint32_t c_in;                    /* input channels, of all groups */
    struct sq_taps taps;
    uint32_t n_blocks; /* ceil(n_out / 64) */
    int in_strips; /* its events are lists: weights are [strips][n_in + 1][16] (kernels/accumulate), else
                              block b is at weight + b * 64 * n_in, [n_in][sq_block_width(n_out, b)] */
    float *weight;         /* NULL where only integers were made of them, and without weights */
    float *bias;           /* [n_blocks * 64], zero past n_out */
    uint64_t weight_zeros; /* weights of the file that are 0 */
    uint32_t *live; /* [kernel^2][c_in] outputs whose weight is not 0; NULL if no weight is 0 */
    uint32_t *live_inside; /* [c_in] where there are several taps: over all of them; NULL as live */
    const struct sq_graph_node *layer, *norm; /* of the graph; norm NULL: no batch norm */
    /* All nodes that fold into the layer (compose.h), in execution order: batch norms and convolutions,
     * norm among them. NULL: norm is the only one. */
    const struct sq_graph_node **folded;
    uint32_t n_folded;
    uint64_t dense; /* sum of fan-outs of all inputs, one timestep: padding taps excluded */
};

struct sq_node {
    char name[SQ_NAME_BYTES]; /* module path: "block.0.attn.q_lif", "patch_embed.maxpool2" */
    enum sq_node_kind kind;
    uint16_t n_sources, n_targets;
    uint16_t source[SQ_MAX_SOURCES], *target;
    const struct sq_graph_node *graph; /* the population, relay or classifier of the graph */
    struct sq_spike_shape shape;       /* of the packets that it sends */
    uint32_t height, width;            /* grid of its rows: height * width = n_rows */
    uint32_t max_value;                /* 1 for spikes; the largest integer of a residual stream */
    int sends_reals;                   /* its packets are reals: a current, or a stream of them */
    int read_as_lists;                 /* some target is a synapse: its event lists are needed */
    enum sq_axes axes;
    float threshold;            /* in units of the current; 0 for what holds no neurons */
    struct sq_neuron neuron;    /* of a population: its model, with that threshold */
    float current_scale;        /* of SSA: a current in units of the neuron's threshold; else 1 */
    enum sq_gate gate;          /* of AND: what source[1] gates; of SUM, tokens or heads */
    int is_negated;             /* of AND: AND NOT */
    uint32_t n_heads;           /* of AND by heads, of erosion within them, and of DSSA */
    float *head_scale;          /* of DSSA: [n_heads] what its sums are multiplied by */
    struct sq_synapse *synapse; /* NULL for relays and SSA */
    double
        unit; /* what one count that it sends is worth: 1; of multispike 1 / divide_by, of average pooling
                    1 / kernel^2 of what it reads */
    struct sq_attend_shape attend; /* of SSA: its own heads and tokens */
    struct sq_graded_shape
        graded;          /* of SSA of counts, or whose scale is no power of two; n_planes 0: not */
    float graded_factor; /* of that: from whole numbers to currents */
    enum sq_attend_order order; /* of SSA: which product the network multiplies first */
    int score_exponent;         /* of SSA: scores are scaled by 2^it before the second product */
    enum sq_arithmetic arithmetic;
    struct sq_fixed *fixed; /* of a population or a layer of a fixed-point network; else NULL */
    const struct sq_fixed_stream *stream; /* of a node that sends reals there; else NULL */
    uint64_t largest;                     /* of that: bound of the magnitudes that it sends */
    /* Of a population of a run in integers, which a trace keeps: bits of the smallest adder for its
     * currents; of the first, bits of a weight times bits of a pixel. 0: floats, or not known. */
    uint32_t adder_bits, factor_bits;
};

/* A small tensor of the file that a model of integers needs as it is: one that tells which architecture and
 * sizes the weights have, or that neurons or attention read. */
struct sq_kept {
    const char *name; /* without the root */
    uint32_t n_dims;
    uint64_t dim[SQ_TENSOR_MAX_DIMS], n_elements;
    float *value;
};

/* An option that a network was opened with, by its name and value. */
struct sq_opened_with {
    const char *name, *value;
    const struct sq_opened_with *next; /* NULL: the last one */
};

/* A tensor of the file that plays no part, and why. */
struct sq_unused {
    const char *name, *why;
};

struct sq_network {
    struct sq_arena arena;
    struct sq_config config; /* complete: nothing is 0 any more */
    struct sq_graph graph;   /* what the nodes below run */
    const uint16_t *sender; /* [graph.n_nodes] the node that sends what it sends; or SQ_NO_SENDER */
    struct sq_node *node;
    size_t n_nodes;
    struct sq_synapse *synapse; /* in the order of the data's way, without the head */
    size_t n_synapses;
    struct sq_synapse head;    /* W and b of the classifier */
    char arith[SQ_ARITH_TEXT]; /* "f32" or the text of its fixed-point settings (fixed.h) */
    int is_fixed;              /* runs in integers; all populations have theirs */
    struct sq_fixed_settings fixed;
    struct sq_fixed_stream *stream; /* of a fixed-point network, in the order of the data's way */
    size_t n_streams;
    uint64_t weight_zeros; /* weights of the file that are 0, before any become integers */
    uint64_t n_parameters; /* as the file holds them: weights and biases, no running statistics */
    char model_path[512], model_digest[SQ_DIGEST_TEXT];
    const char *container;
    char synthetic[SQ_SYNTHETIC_TEXT]; /* of weights that were drawn: how; else "" */
    char root[128];                    /* prefix under which the weights lie in the file */
    char weights[128];       /* what --weights calls them: "state_dict"; "." is the file's top */
    const char *weights_why; /* why these; "" if the file holds no others; static */
    char networks[512];      /* all that the file holds, "a, b (an average)"; "" if only one */
    struct sq_unused *unused;
    size_t n_unused;
    struct sq_kept *kept;
    size_t n_kept;
    struct sq_warnings warnings;              /* of loading it */
    const struct sq_opened_with *opened_with; /* the caller's options for it */
    struct sq_shared_weights *shared;         /* where its weights are packed; NULL: in its arena */
    atomic_uint n_holds;                      /* see sq_network_hold() */
};

/* The node that sends what a node of the graph computes, or what is made of it inside a node: of a
 * convolution its population, of a mean that several nodes make for themselves the first of them; NULL: none. Cost: a pass over the graph. */
const struct sq_node *sq_network_node_of(const struct sq_network *network, uint32_t graph_node);

/* The node that the classifier reads: the last stream. */
static inline const struct sq_node *sq_network_last(const struct sq_network *network)
{
    return &network->node[network->node[network->n_nodes - 1].source[0]];
}

/* Does it take a camera's frames? Else an image, the same at every timestep. */
static inline int sq_network_takes_frames(const struct sq_network *network)
{
    return network->graph.node[0].input_kind == SQ_INPUT_FRAMES;
}

/* Do a camera's event counts enter its first layer as events? By kernels 3x3, stride 1, padding 1, as
 * kernels/spread has them; others multiply. */
static inline int sq_network_takes_events(const struct sq_network *network)
{
    const struct sq_synapse *first = network->node[network->node[0].target[0]].synapse;
    return sq_network_takes_frames(network) && first->kernel == 3 && first->stride == 1 &&
           first->padding == 1;
}

/* Has it a second classifier, of another input, whose mean over timesteps is averaged with the logits? */
static inline int sq_network_has_second(const struct sq_network *network)
{
    return network->node[network->n_nodes - 1].n_sources > 1;
}

/* True for nodes that hold neurons. */
static inline int sq_node_is_population(const struct sq_node *node)
{
    return node->graph->operation == SQ_OPERATION_NEURON;
}

/* Spikes that a neuron of the node can send at once, its virtual timesteps: 1, of multispike more. */
static inline uint32_t sq_node_levels(const struct sq_node *node)
{
    return node->graph->operation == SQ_OPERATION_NEURON &&
                   node->graph->neuron == SQ_NEURON_KIND_MULTISPIKE
               ? node->graph->most
               : 1;
}

/* Has the node a synapse that is tiled: events of a linear layer, or of a convolution of one group? */
static inline int sq_is_tiled(const struct sq_node *node)
{
    return node->kind == SQ_NODE_CONV || node->kind == SQ_NODE_LINEAR;
}

/* Do spikes alone tell its operations: attention, a sum of spikes, a product of DSSA? */
static inline int sq_node_is_attention(const struct sq_node *node)
{
    return node->kind == SQ_NODE_ATTEND || node->kind == SQ_NODE_SUM ||
           node->kind == SQ_NODE_SCORE || node->kind == SQ_NODE_MIX;
}

/* Axes of a node's packets as the official module returns them, behind [T, B], into dim; how many. */
uint32_t sq_node_dims(const struct sq_node *node, uint64_t dim[3]);

/* In that order, do all tokens of a channel come before those of the next? Else all channels of a
 * token. */
static inline int sq_node_channels_first(const struct sq_node *node)
{
    return node->axes != SQ_AXES_NC;
}

/* The weights behind a node: its synapse's, or the head's; NULL for relays and SSA. */
static inline const struct sq_synapse *sq_node_weights(const struct sq_network *network,
                                                       const struct sq_node *node)
{
    if (node->kind != SQ_NODE_HEAD)
        return node->synapse;
    return network->head.layer != NULL ? &network->head : NULL;
}

/* "conv3x3_analog", "conv3x3", "conv1x1_real", "linear" or "head": of a node with weights. */
const char *sq_synapse_kind(const struct sq_network *network, const struct sq_node *node);

/* Memory for the packed weights of a layer, zeroed: shared with other processes, or of the arena; NULL: out of memory.
 * Weights are written there where sq_shared_weights_are_written() says so. */
void *sq_network_alloc_weights(struct sq_network *network, size_t count, size_t size);

/* Bytes of the packed weights of all layers, of `size` bytes each; the classifier's are float32. */
size_t sq_network_weights_bytes(const struct sq_network *network, size_t size);

/* One weight in so many that is 0 is worth a warning. */
enum { SQ_MANY_ZEROS = 10 };

/* What a network is made of. NULL and 0 mean: not given. */
struct sq_network_request {
    const char *config_dirs, *model;
    const char *config;            /* name or path */
    const struct sq_config *given; /* instead of it: complete already, such as a trace's */
    const char *const *set;
    size_t n_set;
    const char *architecture;     /* name or path, instead of the one that the weights tell */
    const char *weights;          /* which of the file's networks (networks.h) */
    const char *weights_recorded; /* the same, where the file has it and `weights` is not given */
    /* Make it fixed-point (sq_fixed_make()) while it is loaded, layer by layer; a file of integers keeps its own. NULL:
     * as the file is. */
    const struct sq_fixed_settings *fixed;
    struct sq_shared_weights *shared; /* with the other processes of a job; NULL: alone */
    /* Asked for the image's size where neither configuration nor weights tell it. */
    int (*image_size)(struct sq_error *err, void *data, uint32_t *height, uint32_t *width);
    void *image_data;
};

/* Its configuration alone: complete, as loading it would make it. No weights are read. */
int sq_network_config(struct sq_error *err, const struct sq_network_request *request,
                      struct sq_config *out);

/* Load a network; as below. */
int sq_network_load_request(struct sq_error *err, const struct sq_network_request *request,
                            struct sq_network **out);

/* Load a network.
 *   model        checkpoint path
 *   config       name, path or NULL: then the published sizes are searched for the one whose
 *                sizes are the weights' own
 *   set, n_set   "key=value" overrides, applied in order
 *   out          written only on success; sq_network_free() frees it
 * Every disagreement of weights and configuration is SQ_ESHAPE and names the tensor, what was
 * expected and what was found. */
int sq_network_load(struct sq_error *err, const char *config_dirs, const char *model,
                    const char *config, const char *const *set, size_t n_set,
                    struct sq_network **out);

/* The same with a configuration that is complete already, such as a trace's. */
int sq_network_load_as(struct sq_error *err, const char *model, const struct sq_config *config,
                       struct sq_network **out);

/* Free it, once everyone who holds it has freed it too. Accepts NULL. */
void sq_network_free(struct sq_network *network);

/* The network stays until one more sq_network_free(). Any thread. */
struct sq_network *sq_network_hold(const struct sq_network *network);

/* The network of a graph that was checked, without weights, for what only looks at recorded spikes.
 * model_path, model_digest, container and n_parameters are the caller's to fill in.
 *   config   its name and timesteps count; sizes that are open are the graph's
 *   graph    becomes the network's, also after a failure
 * What sq_plan_make() refuses; SQ_ENOMEM. */
int sq_network_of_graph(struct sq_error *err, const struct sq_config *config,
                        struct sq_graph *graph, struct sq_network **out);

/* The same of a complete configuration whose architecture is known. SQ_ESHAPE, SQ_EVALUE (sizes that do not fit together or are missing),
 * SQ_ENOMEM. */
int sq_network_without_weights(struct sq_error *err, const struct sq_config *config,
                               struct sq_network **out);

#endif
