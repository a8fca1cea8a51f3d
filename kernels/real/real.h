/* Streams of reals: what flows where no neuron stands between a synapse and the next addition. Each
 * of these kernels is one pass over elements; none multiplies.
 *
 * Currents leave the accumulators of a block, sums and maxima join streams, column sums are what a
 * head's mean is made of. Rows are those of a block of `width` floats (16, 32, 48 or 64). */
#ifndef SQ_REAL_H
#define SQ_REAL_H

#include "kernels/base/rounding.h"

#include <stddef.h>
#include <stdint.h>

/* out[r * width + j] = acc[r * acc_stride + j] + bias[j]
 *   out    [n_rows][width], 64-byte aligned; does not overlap acc
 *   acc    64-byte aligned, acc_stride a multiple of 16
 *   bias   [width], 64-byte aligned
 * Like every function here: cannot fail, allocates nothing; no value is NaN. */
typedef void sq_real_current_f32_fn(float *out, const float *acc, size_t acc_stride,
                                    const float *bias, size_t width, size_t n_rows);

/* out[i] = a[i] + b[i]
 *   out, a, b   [n], 64-byte aligned; n a multiple of 16; out may be a, b or both */
typedef void sq_real_add_f32_fn(float *out, const float *a, const float *b, size_t n);

/* out[i] = a[i] > out[i] ? a[i] : out[i]: of two zeros, whatever their signs, out's stays.
 *   out, a      [n], 64-byte aligned; n a multiple of 16 */
typedef void sq_real_max_f32_fn(float *out, const float *a, size_t n);

/* sum[j] += in[r * width + j], rows ascending, every addition in double precision.
 *   sum    [width], 64-byte aligned
 *   in     [n_rows][width], 64-byte aligned */
typedef void sq_real_sum_f32_fn(double *sum, const float *in, size_t width, size_t n_rows);

/* Fixed point. No sum overflows: the caller's bounds hold (sim/network/fixed.h).
 *
 * How the currents of a block become values of a stream, in units of its last place: [width] each, 64-byte
 * aligned. */
struct sq_real_align {
    const int32_t *bias;         /* in units of the stream */
    const int32_t *left, *right; /* shifts, 0 to 31; at least one of both is 0 */
    /* Of a right shift to the nearest whole number, of two the even one: 2^(right - 1) - 1 and 1; 0 and 0
     * where nothing is shifted right, or rounded down. */
    const int32_t *half, *odd;
};

/* out[r * width + j] = round(acc[r * acc_stride + j] * 2^left[j] / 2^right[j]) + bias[j]
 *   acc    32-byte aligned where it is of 16 bits, else 64-byte aligned; below 2^30, and shifted left too */
typedef void sq_real_current_i16_fn(int32_t *out, const int16_t *acc, size_t acc_stride,
                                    const struct sq_real_align *align, size_t width, size_t n_rows);
typedef void sq_real_current_i32_fn(int32_t *out, const int32_t *acc, size_t acc_stride,
                                    const struct sq_real_align *align, size_t width, size_t n_rows);
typedef void sq_real_add_i32_fn(int32_t *out, const int32_t *a, const int32_t *b, size_t n);
typedef void sq_real_max_i32_fn(int32_t *out, const int32_t *a, size_t n);
typedef void sq_real_sum_i32_fn(int64_t *sum, const int32_t *in, size_t width, size_t n_rows);

/* Of accumulators of 64 bits, below 2^61, behind a convolution of a stream, whose shifts may be up to 62;
 * align->half is not read. One plain variant serves every processor. */
void sq_real_current_i64(int32_t *out, const int64_t *acc, size_t acc_stride,
                         const struct sq_real_align *align, size_t width, size_t n_rows);

#define SQ_VARIANT(isa, needs)                        \
    sq_real_current_f32_fn sq_real_current_f32_##isa; \
    sq_real_add_f32_fn sq_real_add_f32_##isa;         \
    sq_real_max_f32_fn sq_real_max_f32_##isa;         \
    sq_real_sum_f32_fn sq_real_sum_f32_##isa;         \
    sq_real_current_i16_fn sq_real_current_i16_##isa; \
    sq_real_current_i32_fn sq_real_current_i32_##isa; \
    sq_real_add_i32_fn sq_real_add_i32_##isa;         \
    sq_real_max_i32_fn sq_real_max_i32_##isa;         \
    sq_real_sum_i32_fn sq_real_sum_i32_##isa;
#include "kernels/real/real.inc"
#undef SQ_VARIANT

#endif
