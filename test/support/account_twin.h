/* The operations of a tiny network with their whole tensors, from the dense reference alone: what a
 * brute-force twin of the accounting looks at. Shares no code with sim/account. */
#ifndef SQ_TEST_ACCOUNT_TWIN_H
#define SQ_TEST_ACCOUNT_TWIN_H

#include "test/support/dense_reference.h"

enum twin_kind { TWIN_LAYER, TWIN_NORM, TWIN_LIF, TWIN_POOL, TWIN_SSA, TWIN_ADD, TWIN_MEAN };
enum { TWIN_OPS = 96 };

/* Tensors are [B][T][channels][positions]; the head's is [B][1][channels][1]. */
struct twin_op {
    char name[64];
    enum twin_kind kind;
    int block; /* -1 outside */
    int is_conv, is_first, is_head, from_stream, has_bias, folds_bias, bias_apart;
    uint32_t frames;      /* of one sample: T, or 1 */
    uint32_t c_in, c_out; /* channels */
    uint32_t h, w;        /* grid of positions, of inputs and outputs but for pooling */
    uint32_t taps;        /* 9 or 1 */
    const float *weight;  /* [c_out][c_in][taps] */
    float *in, *in_b,
        *in_c; /* ADD: a and b; SSA: q, k, v; LIF: spikes, and the currents of attention */
};

struct twin {
    const struct tiny_network *net;
    struct twin_op op[TWIN_OPS];
    size_t n;
};

/* All operations; freed by twin_free(). `want` may be freed before. */
void twin_make(const struct tiny_network *net, const struct dense_result *want, struct twin *twin);
void twin_free(struct twin *twin);

/* Elements of the input of one sample. */
size_t twin_elements(const struct twin_op *op);

/* What one sample's input meets, synapse by synapse: padding taps do not exist. */
struct twin_synapses {
    uint64_t events, units, live, dense; /* as the input is, times its value, weights not 0, all */
    uint64_t nonzeros;
    double sum;
    int is_binary, is_whole; /* all 0 or 1; all whole numbers >= 0 */
    double max;
    size_t distinct;
};
struct twin_synapses twin_synapses(const struct twin_op *op, uint32_t sample);

/* Windows of a 3x3 stride 2 pooling that hold a nonzero input, summed over those. */
uint64_t twin_windows(const struct twin_op *op, uint32_t sample);

/* Both products of attention, one sample, by loops over tokens and channels. */
struct twin_products {
    uint64_t q, k, v;                    /* spikes */
    uint64_t first[2], events[2], units; /* by order: 0 Q K^T first, 1 K^T V first */
    int is_binary[2]; /* the first product, scaled, is 0 or 1 everywhere and at every timestep */
};
struct twin_products twin_products(const struct twin *twin, const struct twin_op *op,
                                   uint32_t sample);

#endif
