/* Tiny random Spikformers in all three layouts, for tests against brute force.
 *
 * Weights are dyadic (k/32, biases k/16, batch norm whose scale is gamma / 2^k exactly), so that
 * float32 is exact in any order of summation, folded or not: an engine must match every spike. The
 * sizes are awkward on purpose: channels no multiple of 16 or of 8, heads that straddle 64-bit
 * words, odd token grids, more than one block of classes. */
#ifndef SQ_TEST_TINY_NETWORK_H
#define SQ_TEST_TINY_NETWORK_H

#include "sim/config/config.h"
#include "test/support/tiny_layout.h"
#include "test/unit.h"

#include <stddef.h>
#include <stdint.h>

/* One convolution or linear layer with its batch norm, as the file has it. */
struct tiny_layer {
    char name[64];        /* module path: "block.0.attn.q_linear" */
    char bn[64];          /* "block.0.attn.q_bn" */
    uint32_t c_in, c_out; /* channels */
    uint32_t taps;        /* 9 or 1 */
    uint32_t n_dims;      /* of the weight: [c_out, c_in, ...] */
    uint64_t dim[4];
    float *weight; /* [c_out][c_in][taps] */
    float *bias;   /* [c_out], or NULL where the layout has none */
    float *gamma, *beta, *mean, *var;
};

enum { TINY_STAGES = 5, TINY_BLOCK_LAYERS = 6 }; /* 4 convolutions and rpe; q k v proj fc1 fc2 */

struct tiny_network {
    enum tiny_layout layout;
    uint32_t depth, dim, heads, hidden, timesteps, channels, height, width, classes, batch;
    float v_threshold, attn_v_threshold, attn_scale;
    struct tiny_layer *layer; /* stages, then block by block */
    size_t n_layers;
    float *head_weight, *head_bias; /* [classes][dim], [classes] */
    float *input;                   /* [B][C][H][W], or [B][T][C][H][W] for frames */
    size_t n_input;
    uint32_t frames; /* per sample: T for cifar10dvs, else 1 */
};

/* Sizes alone, nothing drawn: what tiny_draw_sizes() gives and a test may then change. */
void tiny_draw_sizes(struct sq_rng *rng, enum tiny_layout layout, struct tiny_network *net);

/* Weights and input of a network whose sizes are set. Freed by tiny_free(). */
void tiny_fill(struct sq_rng *rng, struct tiny_network *net);

/* Both. */
void tiny_draw(struct sq_rng *rng, enum tiny_layout layout, struct tiny_network *net);
void tiny_free(struct tiny_network *net);

/* Rows of the token grid, and their length. */
uint32_t tiny_grid_height(const struct tiny_network *net);
uint32_t tiny_grid_width(const struct tiny_network *net);

/* "cifar10 2-72, 3 heads, ..." for failure messages; static text. */
const char *tiny_describe(const struct tiny_network *net);

#endif
