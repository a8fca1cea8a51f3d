/* Every vector variant of the integer kernels of real.h.
 *
 * The includer defines
 *   REAL_LANES         integers of one vector: 4, 8 or 16
 *   REAL_NAME(start)   the function `start` of its instruction set
 *   WIDEN(acc)         the first vector of accumulators of 16 bits, as int32 */
#ifndef SQ_REAL_I32_ROWS_H
#define SQ_REAL_I32_ROWS_H

#define REAL_VALUE int32_t
#include "kernels/real/real_vec.h"

#define REAL_LOAD(acc) (*(const vec *)(acc))

/* REAL_LANES currents in units of the stream; `at` is their place in the tables. */
SQ_ALWAYS_INLINE vec align_lanes(vec current, const struct sq_real_align *align, size_t at)
{
    const vec right = *(const vec *)(align->right + at);
    const vec x = current << *(const vec *)(align->left + at);
    const vec up =
        *(const vec *)(align->half + at) + (x >> right & *(const vec *)(align->odd + at));
    return ((x + up) >> right) + *(const vec *)(align->bias + at);
}

/* The currents of rows, of accumulators that `load` widens. */
#define CURRENT_ROWS(name, type, load)                                                   \
    void REAL_NAME(name)(int32_t * out, const type *acc, size_t acc_stride,              \
                         const struct sq_real_align *align, size_t width, size_t n_rows) \
    {                                                                                    \
        for (; n_rows > 0; n_rows--, out += width, acc += acc_stride)                    \
            for (size_t j = 0; j < width; j += REAL_LANES)                               \
                *(vec *)(out + j) = align_lanes((vec)load(acc + j), align, j);           \
    }

CURRENT_ROWS(sq_real_current_i16, int16_t, WIDEN)
CURRENT_ROWS(sq_real_current_i32, int32_t, REAL_LOAD)
#undef CURRENT_ROWS

void REAL_NAME(sq_real_add_i32)(int32_t *out, const int32_t *a, const int32_t *b, size_t n)
{
    add_values(out, a, b, n);
}

void REAL_NAME(sq_real_max_i32)(int32_t *out, const int32_t *a, size_t n)
{
    max_values(out, a, n);
}

enum { HALF_LANES = REAL_LANES / 2 };

typedef int64_t sums __attribute__((vector_size(HALF_LANES * sizeof(int64_t)), may_alias));
typedef int32_t halves __attribute__((vector_size(HALF_LANES * sizeof(int32_t)), may_alias));

void REAL_NAME(sq_real_sum_i32)(int64_t *sum, const int32_t *in, size_t width, size_t n_rows)
{
    for (size_t j = 0; j < width; j += HALF_LANES) {
        const int32_t *at = in + j;
        sums column = *(const sums *)(sum + j);
        for (size_t r = n_rows; r > 0; r--, at += width)
            column += __builtin_convertvector(*(const halves *)at, sums);
        *(sums *)(sum + j) = column;
    }
}

#endif
