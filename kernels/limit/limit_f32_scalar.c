#include "kernels/limit/limit.h"

/* As many sums as eight vectors of the compiler's own hold. */
enum { COLUMNS = 32 };

static void add_columns(float *restrict sum, const float *restrict w, size_t n_rows)
{
    float chain[COLUMNS];
    for (size_t i = 0; i < COLUMNS; i++)
        chain[i] = sum[i];
    for (; n_rows > 0; n_rows--, w += SQ_LIMIT_WIDTH)
        for (size_t i = 0; i < COLUMNS; i++)
            chain[i] += w[i];
    for (size_t i = 0; i < COLUMNS; i++)
        sum[i] = chain[i];
}

void sq_limit_f32_scalar(float *sum, const float *w, size_t n_rows)
{
    for (size_t j = 0; j < SQ_LIMIT_WIDTH; j += COLUMNS)
        add_columns(sum + j, w + j, n_rows);
}
