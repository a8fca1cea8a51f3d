/* Rows of counts in bit planes. */
#ifndef SQ_GRADED_ROWS_H
#define SQ_GRADED_ROWS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* One token's counts: word 0 of its first plane; a plane lies `plane_words` behind the one before it. */
struct graded_row {
    const uint64_t *word;
    size_t plane_words;
};

/* Add the bits of one plane of `n` channels from `first` on, each worth 2^plane; their number. */
static inline uint64_t graded_add_plane(int32_t *count, const uint64_t *word, uint32_t plane,
                                        size_t first, size_t n)
{
    uint64_t bits = 0;
    for (size_t e = first; e < first + n; e++) {
        const uint64_t bit = word[e >> 6] >> (e & 63) & 1;
        *count++ += (int32_t)(bit << plane);
        bits += bit;
    }
    return bits;
}

/* Counts of `n` channels from `first` on; 0 if all are 0. */
static inline uint64_t graded_unpack(int32_t *count, const struct graded_row *row,
                                     uint32_t n_planes, size_t first, size_t n)
{
    const uint64_t *word = row->word;
    uint64_t bits = 0;
    memset(count, 0, n * sizeof *count);
    for (uint32_t p = 0; p < n_planes; p++, word += row->plane_words)
        bits += graded_add_plane(count, word, p, first, n);
    return bits;
}

static inline void graded_add(int32_t *sum, const int32_t *row, uint32_t shift, size_t n)
{
    for (size_t e = 0; e < n; e++)
        sum[e] += row[e] << shift;
}

#endif
