/* The body of every scalar variant of sq_masked: the definition, one set bit at a time.
 *
 * The includer defines MASKED_WEIGHT and MASKED_SUM, the types of a weight and of an accumulator, and
 * calls masked_plain(). */
#ifndef SQ_MASKED_PLAIN_H
#define SQ_MASKED_PLAIN_H

#include "kernels/masked/masked.h"

static inline void add_tap(MASKED_SUM *restrict acc, const MASKED_WEIGHT *restrict row,
                           uint64_t word)
{
    for (; word != 0; word &= word - 1) {
        const int j = __builtin_ctzll(word);
        acc[j] = (MASKED_SUM)(acc[j] + row[j]);
    }
}

static inline void double_sums(MASKED_SUM *acc, size_t width)
{
    for (size_t j = 0; j < width; j++)
        acc[j] = (MASKED_SUM)(acc[j] + acc[j]);
}

static inline void masked_plain(MASKED_SUM *acc, const MASKED_WEIGHT *w, size_t width,
                                const uint64_t *word, size_t n_rows, size_t n_taps, int twice)
{
    const uint64_t outputs = ~(uint64_t)0 >> (64 - width);
    for (; n_rows > 0; n_rows--, acc += width) {
        const MASKED_WEIGHT *row = w;
        if (twice)
            double_sums(acc, width);
        for (const uint64_t *end = word + n_taps; word < end; word++, row += width)
            add_tap(acc, row, *word & outputs);
    }
}

#endif
