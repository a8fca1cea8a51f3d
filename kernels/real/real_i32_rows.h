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

/* The currents of one row, of accumulators that LOAD widens. */
#define CURRENT_ROW(name, type, load)                                                             \
    SQ_ALWAYS_INLINE void name(int32_t *out, const type *acc, const int32_t *bias, int32_t shift, \
                               size_t width)                                                      \
    {                                                                                             \
        for (size_t j = 0; j < width; j += REAL_LANES)                                            \
            *(vec *)(out + j) = ((vec)load(acc + j) << shift) + *(const vec *)(bias + j);         \
    }

CURRENT_ROW(current_row_i16, int16_t, WIDEN)
CURRENT_ROW(current_row_i32, int32_t, REAL_LOAD)
#undef CURRENT_ROW

void REAL_NAME(sq_real_current_i16)(int32_t *out, const int16_t *acc, size_t acc_stride,
                                    const int32_t *bias, uint32_t shift, size_t width,
                                    size_t n_rows)
{
    for (; n_rows > 0; n_rows--, out += width, acc += acc_stride)
        current_row_i16(out, acc, bias, (int32_t)shift, width);
}

void REAL_NAME(sq_real_current_i32)(int32_t *out, const int32_t *acc, size_t acc_stride,
                                    const int32_t *bias, uint32_t shift, size_t width,
                                    size_t n_rows)
{
    for (; n_rows > 0; n_rows--, out += width, acc += acc_stride)
        current_row_i32(out, acc, bias, (int32_t)shift, width);
}

void REAL_NAME(sq_real_add_i32)(int32_t *out, const int32_t *a, const int32_t *b, size_t n)
{
    add_values(out, a, b, n);
}

void REAL_NAME(sq_real_max_i32)(int32_t *out, const int32_t *a, size_t n)
{
    max_values(out, a, n);
}

#endif
