/* Dense peers of a synapse: libraries that multiply all inputs, zero or not. They live in a shared
 * object of their own, so that the benchmark is built and run without them. */
#ifndef SQ_BENCH_DENSE_PEER_H
#define SQ_BENCH_DENSE_PEER_H

#include <stddef.h>
#include <stdint.h>

/* A linear layer (kernel 1) or a 3x3 convolution (stride 1, padding 1) of spikes. */
struct dense_problem {
    uint32_t kernel, c_in, c_out, height, width, steps; /* steps: images, one a timestep */
    const unsigned char *spikes; /* [steps][height * width][c_in] of 0 and 1 */
    const signed char *weight;   /* [c_out][kernel][kernel][c_in], -7 .. 7: every sum is exact */
};

struct dense_peer {
    const char *name; /* "OpenBLAS sgemm" */
    /* Everything that a network would do once, such as packing weights; and laying inputs out, which
     * is not counted either. NULL: this processor or library cannot. The problem outlives it. */
    void *(*make)(const struct dense_problem *problem);
    void (*run)(void *state); /* the product, one thread */
    /* Of the last run: the sum of a row (step, then pixel) and an output. */
    double (*output)(const void *state, size_t row, size_t out);
    const char *(*detail)(const void *state); /* which kernels ran; owned by the state */
    void (*free)(void *state);
};

/* The only symbol of the shared object: const struct dense_peer *const [], NULL last. */
#define DENSE_PEERS "sq_dense_peers"

#endif
