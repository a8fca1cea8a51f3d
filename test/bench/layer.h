/* One synapse of a network as the engine fires it, with spikes drawn at a rate: what the benchmark
 * of kernels measures besides the bare kernel. */
#ifndef SQ_BENCH_LAYER_H
#define SQ_BENCH_LAYER_H

#include "sim/engine/feed.h"

/* A network of test/bench/layer.json: population "source", the synapse, population "target". */
struct layer {
    struct sq_network *network;
    struct sq_arena arena;
    struct sq_lane lane;
    struct sq_scratch scratch;
    struct sq_cpu cpu;
    struct sq_observers *no_observers;
    size_t source, target; /* nodes */
    struct sq_feed feed;
    uint64_t *bits; /* [T][plane_words] what the source sends */
};

/* Load it, in fixed point if weight_bits > 0. Ends the program after a failure. */
void layer_load(struct layer *layer, const char *model, const char *config, uint32_t weight_bits);
void layer_free(struct layer *layer);

/* Draw what the source sends, and send it. `rate`: spikes a neuron and timestep. */
void layer_send(struct layer *layer, double rate);

/* Fire the target for all timesteps, counters included: additions, neurons, packets and their lists. */
void layer_fire(struct layer *layer, const struct sq_kernels *kernels);

/* Additions of the last firing, and those of one whose inputs all spike. */
uint64_t layer_additions(const struct layer *layer);
uint64_t layer_dense(const struct layer *layer);

/* "f32", "i8 into i16", "i8 in tiles into i32" or "i16 into i32": what the synapse adds. */
const char *layer_arithmetic(const struct layer *layer);

#endif
