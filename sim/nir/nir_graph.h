/* What a NIR file holds, as it is read: nodes, what each reads, shapes. */
#ifndef SQ_NIR_GRAPH_H
#define SQ_NIR_GRAPH_H

#include "sim/nir/nir.h"
#include "sim/nir/nir_file.h"

/* Names become ids of the graph, which have 63 bytes, some with an ending. */
enum { SQ_NIR_NAME = 56, SQ_NIR_MOST_NODES = 1024, SQ_NIR_MOST_EDGES = 8192 };

enum sq_nir_kind {
    SQ_NIR_INPUT,
    SQ_NIR_OUTPUT,
    SQ_NIR_CONV,
    SQ_NIR_LINEAR, /* without bias */
    SQ_NIR_AFFINE,
    SQ_NIR_IF,
    SQ_NIR_LIF,
    SQ_NIR_SUMPOOL,
    SQ_NIR_AVGPOOL,
    SQ_NIR_FLATTEN,
    SQ_NIR_KINDS
};

/* Channels and grid; a row of channels has a grid of 1x1 and is_flat. */
struct sq_nir_shape {
    uint64_t channels, height, width;
    bool is_flat;
};

struct sq_nir_node {
    char name[SQ_NIR_NAME];
    enum sq_nir_kind kind;
    struct sq_nir_shape shape; /* that it sends; of the input known at once, of others later */
    uint32_t kernel, stride, padding, groups;
    double tau,
        threshold;  /* tau in seconds; the threshold in units of the current, v_threshold / r */
    bool is_single; /* tau is a float32 */
    bool has_reset; /* the file says v_reset */
    struct sq_nir_extent population; /* of parameters of neurons */
    int32_t weight, bias;            /* tensors, -1: none */
    uint32_t n_inputs, n_readers;
    uint32_t first_input; /* in the list of edges, which is sorted by target */
};

struct sq_nir {
    const char *path; /* the caller's */
    char version[32];
    struct sq_nir_node *node; /* [n_nodes] in the order of their names */
    uint32_t n_nodes;
    uint32_t *source, *target; /* [n_edges] */
    uint32_t n_edges;
    uint32_t *order; /* [n_nodes] the nodes, each behind those that it reads */
    struct sq_nir_tensor *tensor;
    uint32_t n_tensors;
};

/* "Conv2d" */
const char *sq_nir_kind_name(enum sq_nir_kind kind);

/* "FILE: node "NAME" (Conv2d): what", returns `status`. */
int sq_nir_refuse(struct sq_error *err, const struct sq_nir *nir, const struct sq_nir_node *node,
                  int status, const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Read every node: its type, parameters and tensors. */
int sq_nir_read_nodes(struct sq_error *err, const struct sq_hdf5 *file, struct sq_nir *nir);

/* Parameters of neurons. */
int sq_nir_read_neurons(struct sq_error *err, const struct sq_hdf5 *file, const struct sq_nir *nir,
                        struct sq_nir_node *node);

/* Read the edges, and bring the nodes into an order: SQ_EUNSUPPORTED names a node of a loop. */
int sq_nir_read_edges(struct sq_error *err, const struct sq_hdf5 *file, struct sq_nir *nir);

/* Work out what every node sends; SQ_ESHAPE: what does not fit together. */
int sq_nir_find_shapes(struct sq_error *err, struct sq_nir *nir);

/* Number `i` of the nodes that a node reads. */
static inline uint32_t sq_nir_input(const struct sq_nir *nir, const struct sq_nir_node *node,
                                    uint32_t i)
{
    return nir->source[node->first_input + i];
}

static inline bool sq_nir_is_neuron(const struct sq_nir_node *node)
{
    return node->kind == SQ_NIR_IF || node->kind == SQ_NIR_LIF;
}

static inline bool sq_nir_is_linear(const struct sq_nir_node *node)
{
    return node->kind == SQ_NIR_LINEAR || node->kind == SQ_NIR_AFFINE;
}

/* Does a linear layer read the input, or the input flattened? It runs as a convolution whose kernel is
 * the whole image. */
bool sq_nir_reads_input(const struct sq_nir *nir, const struct sq_nir_node *node);

/* Is it a Flatten of the input, which is part of the layer that reads it? */
bool sq_nir_flattens_input(const struct sq_nir *nir, const struct sq_nir_node *node);

#endif
