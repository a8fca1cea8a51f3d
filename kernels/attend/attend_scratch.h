/* Scratch of sq_attend: first the counts of one chunk, [head_dim][16, 32, 48 or 64] int32, then
 * the words of one head, cut out of the rows of q, k and v: [3][n_tokens][ceil(head_dim / 64)]. */
#ifndef SQ_ATTEND_SCRATCH_H
#define SQ_ATTEND_SCRATCH_H

#include "kernels/attend/attend.h"
#include "kernels/base/bits.h"
#include "kernels/base/block.h"

static inline size_t sq_attend_counts_bytes(const struct sq_attend_shape *shape)
{
    return sq_block_bytes(shape->head_dim, (shape->head_dim + 15) >> 4);
}

/* Bits `at` .. at + n - 1 of a bit row, 1 <= n <= 64. */
static inline uint64_t sq_attend_cut_word(const uint64_t *row, size_t at, size_t n)
{
    const uint64_t *word = row + (at >> 6);
    const size_t shift = at & 63;
    uint64_t bits = word[0] >> shift;
    if (shift + n > 64)
        bits |= word[1] << (64 - shift);
    return bits & (~(uint64_t)0 >> (64 - n));
}

/* The words of the head whose first channel is `at`, token by token; returns the end of out. Most
 * heads lie inside one word of the row: then shift and mask are the same for all tokens. */
static inline uint64_t *sq_attend_cut_head(uint64_t *out, const uint64_t *row, size_t at,
                                           const struct sq_attend_shape *shape)
{
    const size_t end = at + shape->head_dim, shift = at & 63, n_words = shape->n_words;
    if (shift + shape->head_dim <= 64) {
        const uint64_t mask = ~(uint64_t)0 >> (64 - shape->head_dim);
        row += at >> 6;
        for (uint32_t token = 0; token < shape->n_tokens; token++, row += n_words)
            *out++ = row[0] >> shift & mask;
        return out;
    }
    for (uint32_t token = 0; token < shape->n_tokens; token++, row += n_words)
        for (size_t c = at; c < end; c += 64)
            *out++ = sq_attend_cut_word(row, c, end - c < 64 ? end - c : 64);
    return out;
}

#endif
