/* Columns: a packet's bit rows turned into one set of tokens for each channel.
 *
 * Column c is a word (of 64 tokens) in each of the groups of 64 tokens: word[g * stride + c], so
 * that neighbouring channels lie side by side, ready to be a vector. */
#ifndef SQ_COUNT_COLUMNS_H
#define SQ_COUNT_COLUMNS_H

#include "kernels/base/bits.h"
#include "kernels/base/block.h"

/* Exchange the upper right and the lower left corner of every square of 2 * step rows and columns;
 * `low` has the bits of its left columns. Rows of a pair lie in two vectors ... */
SQ_ALWAYS_INLINE void exchange_between(uint64_t word[64], unsigned step, uint64_t low)
{
    for (unsigned square = 0; square < 64; square += 2 * step)
        for (unsigned i = square; i < square + step; i += COUNT_LANES) {
            const words upper = load(word + i), lower = load(word + i + step);
            store(word + i, (upper & low) | (lower << step & ~low));
            store(word + i + step, (lower & ~low) | (upper >> step & low));
        }
}

/* ... or in one: then the upper row's part comes from the left, the lower's from the right. */
SQ_ALWAYS_INLINE void exchange_within(uint64_t word[64], unsigned step, uint64_t low)
{
    const words is_upper = (words)((lane_numbers() & step) == 0);
    const words keep = (is_upper & low) | (~is_upper & ~low);
    const words way = (is_upper & step) | (~is_upper & (64 - step));
    for (unsigned i = 0; i < 64; i += COUNT_LANES) {
        const words row = load(word + i), other = rotate_left(swap_lanes(row, step), way);
        store(word + i, (row & keep) | (other & ~keep));
    }
}

SQ_ALWAYS_INLINE void exchange(uint64_t word[64], unsigned step, uint64_t low)
{
    if (step >= COUNT_LANES)
        exchange_between(word, step, low);
    else
        exchange_within(word, step, low);
}

/* 64 rows of 64 bits into 64 columns, in place. */
static inline void transpose_square(uint64_t word[64])
{
    exchange(word, 32, 0x00000000ffffffffu);
    exchange(word, 16, 0x0000ffff0000ffffu);
    exchange(word, 8, 0x00ff00ff00ff00ffu);
    exchange(word, 4, 0x0f0f0f0f0f0f0f0fu);
    exchange(word, 2, 0x3333333333333333u);
    exchange(word, 1, 0x5555555555555555u);
}

/* Words of up to 64 rows, n_words apart; rows that are not there are 0. */
static inline void take_rows(uint64_t word[64], const uint64_t *row, uint32_t n_rows,
                             uint32_t n_words)
{
    if (n_rows >= 64 && n_words == 1) {
        memcpy(word, row, 64 * sizeof *word);
        return;
    }
    for (uint32_t r = 0; r < 64; r++)
        word[r] = r < n_rows ? row[(size_t)r * n_words] : 0;
}

/* Bit rows [n_rows][n_words] -> columns [groups of 64 rows][stride], stride >= 64 * n_words. */
static inline void turn_into_columns(uint64_t *column, size_t stride, const uint64_t *row,
                                     uint32_t n_rows, uint32_t n_words)
{
    for (uint32_t first = 0; first < n_rows; first += 64, column += stride)
        for (uint32_t w = 0; w < n_words; w++) {
            uint64_t *square = column + 64 * (size_t)w;
            take_rows(square, row + (size_t)first * n_words + w, n_rows - first, n_words);
            transpose_square(square);
        }
}

#endif
