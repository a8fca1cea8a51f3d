/* Dense: the two places of the network that do multiply, the first convolution on analog pixels
 * and the classification head. Nothing else lives here.
 *
 * Product and sum are rounded apart (no fused multiply-add), inputs in the order given, vectors
 * run across outputs: all variants agree bit for bit. */
#ifndef SQ_DENSE_H
#define SQ_DENSE_H

#include <stddef.h>
#include <stdint.h>

/* A stretch of consecutive inputs x[0..n_in) that meets the weight rows first .. first + n_in.
 *   x   float, int16_t or int32_t, as the kernel says */
struct sq_dense_span {
    const void *x;
    uint32_t n_in;
    uint32_t first;
};

/* acc[r][j] += x * w[row][j] for every input of every span of row r, in the order given.
 *   acc    [n_rows][width], 64-byte aligned
 *   w      [n_in][width], 64-byte aligned; packed as in kernels/accumulate/accumulate.h
 *   width  16, 32, 48 or 64
 *   span   [n_rows][n_spans]; a span may be empty
 * Cannot fail, allocates nothing. Cost: width multiply-accumulates (MAC) an input. */
typedef void sq_dense_f32_fn(float *acc, const float *w, size_t width,
                             const struct sq_dense_span *span, size_t n_rows, size_t n_spans);

/* The same in integers: inputs and weights of 16 bits, accumulators of 32. No sum overflows:
 * packing the weights has proven it (sim/network/fixed.h). */
typedef void sq_dense_i16_fn(int32_t *acc, const int16_t *w, size_t width,
                             const struct sq_dense_span *span, size_t n_rows, size_t n_spans);

/* A convolution of a stream in fixed point: inputs of 32 bits, accumulators of 64. One plain variant serves
 * every processor. */
void sq_dense_i32(int64_t *acc, const int16_t *w, size_t width, const struct sq_dense_span *span,
                  size_t n_rows, size_t n_spans);

#define SQ_VARIANT(isa, needs)          \
    sq_dense_f32_fn sq_dense_f32_##isa; \
    sq_dense_i16_fn sq_dense_i16_##isa;
#include "kernels/dense/dense.inc"
#undef SQ_VARIANT

/* Readout: the classification head, one block of outputs. Sums run in double precision, inputs
 * ascending, and are rounded to float32 once: a logit is then within half a unit in the last place
 * of the exact sum of its float32 products, whatever the number of features. It runs once a sample,
 * so one plain variant serves every processor.
 *
 * out[j] = round(bias[j] + sum over i of x[i] * w[i][j]), j = 0 .. width - 1.
 *   out, bias  [width]; w [n_in][width]; x [n_in]; width at most 64
 * Cost: n_in * width multiply-accumulates (MAC). Cannot fail, allocates nothing. */
void sq_readout(float *out, const float *w, size_t width, const float *x, size_t n_in,
                const float *bias);

#endif
