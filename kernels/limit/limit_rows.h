/* Every vector variant of sq_limit_f32. The includer defines
 *   LIMIT_LANES         floats of one vector: 4, 8 or 16
 *   LIMIT_NAME(start)   the function `start` of its instruction set
 * Eight chains hide the latency of an addition: four cycles, two additions a cycle. */
#ifndef SQ_LIMIT_ROWS_H
#define SQ_LIMIT_ROWS_H

#include "kernels/base/block.h"
#include "kernels/limit/limit.h"

typedef float vec __attribute__((vector_size(LIMIT_LANES * sizeof(float)), may_alias));

enum { CHAINS = 8, COLUMNS = CHAINS * LIMIT_LANES };

SQ_ALWAYS_INLINE void add_columns(float *sum, const float *w, size_t n_rows)
{
    vec chain[CHAINS];
    for (size_t i = 0; i < CHAINS; i++)
        chain[i] = ((const vec *)sum)[i];
    for (; n_rows > 0; n_rows--, w += SQ_LIMIT_WIDTH)
        for (size_t i = 0; i < CHAINS; i++)
            chain[i] += ((const vec *)w)[i];
    for (size_t i = 0; i < CHAINS; i++)
        ((vec *)sum)[i] = chain[i];
}

void LIMIT_NAME(sq_limit_f32)(float *sum, const float *w, size_t n_rows)
{
    for (size_t j = 0; j < SQ_LIMIT_WIDTH; j += COLUMNS)
        add_columns(sum + j, w + j, n_rows);
}

#endif
