/* Every vector variant of the float32 kernels of real.h.
 *
 * The includer defines
 *   REAL_LANES         floats of one vector: 4, 8 or 16
 *   REAL_NAME(start)   the function `start` of its instruction set
 *   WIDEN(in)          the first REAL_LANES / 2 floats of a row, as doubles */
#ifndef SQ_REAL_F32_ROWS_H
#define SQ_REAL_F32_ROWS_H

#define REAL_VALUE float
#include "kernels/real/real_vec.h"

enum { HALF_LANES = REAL_LANES / 2, COLUMNS = 16, MAX_VECS = COLUMNS / HALF_LANES };

typedef double double_vec __attribute__((vector_size(HALF_LANES * sizeof(double)), may_alias));

void REAL_NAME(sq_real_current_f32)(float *out, const float *acc, size_t acc_stride,
                                    const float *bias, size_t width, size_t n_rows)
{
    for (; n_rows > 0; n_rows--, out += width, acc += acc_stride)
        add_values(out, acc, bias, width);
}

void REAL_NAME(sq_real_add_f32)(float *out, const float *a, const float *b, size_t n)
{
    add_values(out, a, b, n);
}

void REAL_NAME(sq_real_max_f32)(float *out, const float *a, size_t n)
{
    max_values(out, a, n);
}

/* Sixteen columns: their sums stay in registers, and there are enough of them to hide the latency of
 * an addition. */
SQ_ALWAYS_INLINE void sum_columns(double *sum, const float *in, size_t width, size_t n_rows)
{
    double_vec column[MAX_VECS];
    for (size_t i = 0; i < MAX_VECS; i++)
        column[i] = ((const double_vec *)sum)[i];
    for (; n_rows > 0; n_rows--, in += width)
        for (size_t i = 0; i < MAX_VECS; i++)
            column[i] += (double_vec)WIDEN(in + i * HALF_LANES);
    for (size_t i = 0; i < MAX_VECS; i++)
        ((double_vec *)sum)[i] = column[i];
}

void REAL_NAME(sq_real_sum_f32)(double *sum, const float *in, size_t width, size_t n_rows)
{
    for (size_t j = 0; j < width; j += COLUMNS)
        sum_columns(sum + j, in + j, width, n_rows);
}

#endif
