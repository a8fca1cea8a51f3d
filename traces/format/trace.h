/* What a trace holds, as plain structs: what a writer is given and a reader gives back. They know
 * populations, nodes, operations, samples and frames as texts and numbers, and nothing of any
 * network. docs/trace-format.md specifies the file. */
#ifndef SQ_TRACE_H
#define SQ_TRACE_H

#include <stddef.h>
#include <stdint.h>

enum {
    SQ_TRACE_VERSION = 2,        /* written and read */
    SQ_TRACE_OLDEST_VERSION = 1, /* read: without nodes and operations */
    SQ_TRACE_MAX_DIMS = 6,
    SQ_TRACE_NAME_BYTES = 128
};

/* Bounds on what a trace may claim, checked before anything is allocated from it. */
enum {
    SQ_TRACE_MAX_POPULATIONS = 4096,
    SQ_TRACE_MAX_SYNAPSES = 4096,
    SQ_TRACE_MAX_NODES = 32768,
    SQ_TRACE_MAX_OPERATIONS = 32768,
    SQ_TRACE_MAX_BITS = 1024, /* of an adder */
    SQ_TRACE_MAX_TIMESTEPS = 65536,
    SQ_TRACE_MAX_NEURONS = 1 << 30
};

/* What a population's frames hold. */
enum sq_trace_kind {
    SQ_TRACE_LIF,     /* spikes of LIF neurons: counted in firing rates */
    SQ_TRACE_INPUT,   /* whole numbers that enter the network: event counts of camera frames */
    SQ_TRACE_GENERIC, /* spikes recorded elsewhere, of neurons of unknown kind */
    SQ_TRACE_KINDS
};

/* A population: its frames are sets of neurons (or whole numbers of them) at index
 * row * n_channels + channel. A row is a token or a pixel in row-major order.
 *   dim              the array that the PyTorch module returns, behind [T, B]
 *   channels_first   0: that array is [n_rows][n_channels] in C order; 1: [n_channels][n_rows] */
struct sq_trace_population {
    char name[SQ_TRACE_NAME_BYTES]; /* module path: "block.0.attn.q_lif" */
    enum sq_trace_kind kind;
    uint32_t n_rows, n_channels;
    uint32_t n_dims;
    uint64_t dim[SQ_TRACE_MAX_DIMS];
    int channels_first;
    double threshold; /* 0: not known */
};

/* A synapse between two nodes, for readers by SQL. */
struct sq_trace_synapse {
    char name[SQ_TRACE_NAME_BYTES], kind[32];
    char source[SQ_TRACE_NAME_BYTES], target[SQ_TRACE_NAME_BYTES];
    uint64_t n_in, n_out;  /* shape of the weights: inputs of one output, outputs */
    uint64_t dense;        /* additions of one timestep if every input were nonzero */
    uint64_t weight_zeros; /* weights that are 0 */
};

/* What a node sends to those that read it. */
enum sq_trace_edge {
    SQ_TRACE_EDGE_SPIKES, /* 0 and 1 */
    SQ_TRACE_EDGE_COUNTS, /* whole numbers */
    SQ_TRACE_EDGE_REALS,
    SQ_TRACE_EDGES
};

/* A node of the graph. The number of a node is its place in the list, the order of execution. */
struct sq_trace_node {
    char id[SQ_TRACE_NAME_BYTES]; /* module path: "block.0.attn.q_lif" */
    char op[32];                  /* "input", "conv", "attend" ... */
    const char *inputs;           /* JSON list of the ids of earlier nodes: ["input"] */
    const char *parameters;       /* JSON object: {"kernel":3,"stride":1} */
    enum sq_trace_edge edge;
    uint64_t max_value;               /* the largest number that it sends; 0: not known */
    char roles[64];                   /* "q", "residual" ...; may be "" */
    uint32_t channels, height, width; /* of what it sends; 0: not known */
    int64_t population;               /* the one that records it; -1: it is not recorded */
};

/* An operation of the official module, as accounting sees it. Its number is its place in the list,
 * the order of registration. */
struct sq_trace_operation {
    char name[SQ_TRACE_NAME_BYTES], kind[32];
    char node[SQ_TRACE_NAME_BYTES];   /* id of the node that counts for it; "": no node does */
    uint64_t fan_out;                 /* of an input away from any border; 0: it has none */
    uint64_t dense;                   /* additions of one timestep if every input were nonzero,
                                       * taps over the padding left out; 0: it has none */
    uint32_t adder_bits, factor_bits; /* of a run in integers: its smallest adder; bits of a weight
                                       * times bits of a pixel; 0: floats, or not known */
    uint64_t weights;                 /* 0: it has none */
    int64_t weight_zeros;             /* weights that are 0; -1: not known */
};

/* One entry of the table meta; both are UTF-8 text. */
struct sq_trace_meta {
    const char *key, *value;
};

enum sq_trace_detail { SQ_TRACE_SPIKES, SQ_TRACE_COUNTS };

/* The number of samples while it is unknown: of a stream. */
#define SQ_TRACE_SAMPLES_UNKNOWN UINT64_MAX

/* The compression behind a frame's encoding. */
enum sq_trace_codec { SQ_CODEC_NONE, SQ_CODEC_ZLIB, SQ_CODEC_ZSTD, SQ_CODECS };

/* Everything of a trace but its samples: fixed when it is created. */
struct sq_trace_plan {
    uint32_t version; /* of a trace that was read; a writer ignores it: SQ_TRACE_VERSION */
    uint32_t timesteps;
    uint64_t n_samples; /* planned, or SQ_TRACE_SAMPLES_UNKNOWN */
    enum sq_trace_detail detail;
    enum sq_trace_codec codec;
    size_t n_populations, n_synapses, n_nodes, n_operations, n_meta;
    const struct sq_trace_population *population; /* in the order of the data's way */
    const struct sq_trace_synapse *synapse;
    const struct sq_trace_node *node;           /* none in version 1 */
    const struct sq_trace_operation *operation; /* none in version 1 */
    const struct sq_trace_meta *meta; /* keys other than those of docs/trace-format.md, section 2 */
};

/* A sample's row. */
struct sq_trace_sample {
    uint64_t id;        /* its number in the input, from 0 */
    int64_t label;      /* -1: none */
    int64_t prediction; /* -1: none */
    const float *logits;
    size_t n_logits;                 /* 0: none */
    const unsigned char *operations; /* counts for pricing, docs/trace-format.md section 6; */
    size_t operations_bytes;         /* 0: none */
};

/* A frame: one population at one timestep of one sample, as the file holds it. */
struct sq_trace_frame {
    uint32_t population, timestep;
    uint64_t spikes;           /* elements that are not 0 */
    uint8_t encoding, codec;   /* enum sq_frame_encoding, enum sq_trace_codec */
    const unsigned char *data; /* NULL for SQ_FRAME_COUNT */
    size_t size;
};

static inline uint64_t sq_trace_neurons(const struct sq_trace_population *population)
{
    return (uint64_t)population->n_rows * population->n_channels;
}

#endif
