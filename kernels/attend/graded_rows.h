/* Rows of counts in bit planes. */
#ifndef SQ_GRADED_ROWS_H
#define SQ_GRADED_ROWS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* One token's counts. */
struct graded_row {
    const uint64_t *bits; /* [planes][n_tokens][n_words] */
    size_t n_words, n_tokens, token;
};

static inline uint64_t graded_bit(const struct graded_row *row, uint32_t plane, size_t at)
{
    const size_t word = (plane * row->n_tokens + row->token) * row->n_words + (at >> 6);
    return row->bits[word] >> (at & 63) & 1;
}

/* Counts of `n` channels from `first` on; their sum. */
static inline uint64_t graded_unpack(int32_t *count, const struct graded_row *row,
                                     uint32_t n_planes, size_t first, size_t n)
{
    uint64_t sum = 0;
    memset(count, 0, n * sizeof *count);
    for (uint32_t p = 0; p < n_planes; p++)
        for (size_t e = 0; e < n; e++)
            count[e] += (int32_t)(graded_bit(row, p, first + e) << p);
    for (size_t e = 0; e < n; e++)
        sum += (uint32_t)count[e];
    return sum;
}

static inline void graded_add(int32_t *sum, const int32_t *row, uint32_t shift, size_t n)
{
    for (size_t e = 0; e < n; e++)
        sum[e] += row[e] << shift;
}

#endif
