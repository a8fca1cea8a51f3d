/* Random networks of any operations, and what they send by brute force: an architecture file, its weights
 * and an input, and for every population its currents and spikes. Weights are dyadic, so that sums are
 * exact in any order; neurons are computed in float32 in the order of their definition. Shares no code
 * with the simulator. */
#ifndef SQ_TEST_RANDOM_GRAPH_H
#define SQ_TEST_RANDOM_GRAPH_H

#include "test/support/bytes.h"
#include "test/support/tiny_file.h"

enum { RANDOM_MOST_NODES = 120 };
enum random_edge { RANDOM_SPIKES, RANDOM_COUNTS, RANDOM_REALS };

/* What one node sends: value [timesteps][channels][height][width], of the sample at hand. */
struct random_node {
    char id[16];
    enum random_edge edge;
    uint32_t channels, height, width, most; /* most: the largest whole number */
    int n_readers, grain;                   /* reals are whole multiples of 2^-grain; -1: any */
    int is_population;
    float *value, *current; /* current: what a population integrates, before it fires */
    void (*compute)(const struct random_node *node, uint32_t timesteps);
    struct random_node *in[3];
    uint32_t kernel, stride, pad, groups, heads;
    float *weight, *bias; /* [channels][in channels / groups][kernel][kernel], [channels] */
    int kind;             /* of a neuron; of AND: negated; of erosion: over heads */
    float tau, decay, threshold, scale;
    int leak; /* of a network of shifts: places that a neuron shifts at each timestep */
    uint64_t events, additions; /* of a layer that reads whole numbers, over all samples */
};

struct random_graph {
    struct sq_rng rng;
    uint32_t timesteps, batch, frames;
    int shifts; /* leaks are powers of two, means are over as many tokens */
    struct random_node node[RANDOM_MOST_NODES];
    size_t n;
    float *input; /* [batch][frames][channels][height][width] */
    struct bytes json;
    struct tiny_tensors tensors;
};

void random_graph_draw(struct random_graph *graph, uint64_t seed);

/* One that integers compute exactly, given enough bits: every leak is a shift. */
void random_graph_draw_shifts(struct random_graph *graph, uint64_t seed);

/* arch.json, model.safetensors, config.json and input.npy in folder `dir`. */
void random_graph_write(const struct random_graph *graph, const char *dir);

/* Compute one sample: values and currents of all nodes; counts of layers add up. */
void random_graph_run(struct random_graph *graph, uint32_t sample);
void random_graph_free(struct random_graph *graph);

static inline size_t random_elements(const struct random_node *node)
{
    return (size_t)node->channels * node->height * node->width;
}

#endif
