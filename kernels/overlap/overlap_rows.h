/* The body of every sq_overlap variant: plain C that the including file's flags make fast. */
#ifndef SQ_OVERLAP_ROWS_H
#define SQ_OVERLAP_ROWS_H

#include "kernels/base/bits.h"
#include "kernels/overlap/overlap.h"

/* A head of up to 64 channels, or a column of up to 64 tokens, is one word: no inner loop. */
static inline void overlap_rows(uint32_t *ones, const uint64_t *a, const uint64_t *b, size_t n_b,
                                size_t n_words)
{
    if (n_words == 1) {
        for (size_t j = 0; j < n_b; j++)
            ones[j] = (uint32_t)sq_ones(a[0] & b[j]);
        return;
    }
    if (n_words == 4) { /* a column of up to 64 tokens at 4 timesteps: one vector */
        for (size_t j = 0; j < n_b; j++, b += 4) {
            uint64_t sum[4];
            for (size_t i = 0; i < 4; i++)
                sum[i] = sq_ones(a[i] & b[i]);
            ones[j] = (uint32_t)(sum[0] + sum[1] + sum[2] + sum[3]);
        }
        return;
    }
    for (size_t j = 0; j < n_b; j++, b += n_words) {
        uint64_t sum = 0;
        for (size_t i = 0; i < n_words; i++)
            sum += sq_ones(a[i] & b[i]);
        ones[j] = (uint32_t)sum;
    }
}

#endif
