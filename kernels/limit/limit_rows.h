/* Every variant of sq_limit. The includer defines
 *   LIMIT_TYPE     float, uint16_t or uint32_t
 *   LIMIT_VECTOR   bytes of a vector: 16, 32 or 64
 *   LIMIT_NAME     the function
 * Eight chains hide the latency of an addition: four cycles, two additions a cycle. What they leave of a row is added in
 * further passes over the same SQ_LIMIT_ROWS rows, which are near by then. */
#ifndef SQ_LIMIT_ROWS_H
#define SQ_LIMIT_ROWS_H

#include "kernels/base/block.h"
#include "kernels/limit/limit.h"

typedef LIMIT_TYPE vec __attribute__((vector_size(LIMIT_VECTOR), may_alias));

enum {
    CHAINS = 8,
    ROW_VECTORS = SQ_LIMIT_BYTES / LIMIT_VECTOR,
};

SQ_ALWAYS_INLINE void add_columns(vec *sum, const vec *w, size_t n_rows)
{
    vec chain[CHAINS];
    for (size_t i = 0; i < CHAINS; i++)
        chain[i] = sum[i];
    for (; n_rows > 0; n_rows--, w += ROW_VECTORS)
        for (size_t i = 0; i < CHAINS; i++)
            chain[i] += w[i];
    for (size_t i = 0; i < CHAINS; i++)
        sum[i] = chain[i];
}

void LIMIT_NAME(LIMIT_TYPE *sum, const LIMIT_TYPE *w, size_t n_rows)
{
    const vec *row = (const vec *)(const void *)w;
    for (size_t n; n_rows > 0; n_rows -= n, row += n * ROW_VECTORS) {
        n = n_rows < SQ_LIMIT_ROWS ? n_rows : SQ_LIMIT_ROWS;
        for (size_t j = 0; j < ROW_VECTORS; j += CHAINS)
            add_columns((vec *)(void *)sum + j, row + j, n);
    }
}

#endif
