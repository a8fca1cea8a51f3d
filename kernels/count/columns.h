/* Columns: a packet's bit rows turned into one set of tokens for each channel.
 *
 * Column c is a word (of 64 tokens) in each of the groups of 64 tokens: word[g * stride + c], so
 * that neighbouring channels lie side by side, ready to be a vector. */
#ifndef SQ_COUNT_COLUMNS_H
#define SQ_COUNT_COLUMNS_H

#include "kernels/base/bits.h"
#include "kernels/base/block.h"

/* Exchange the lower left and the upper right of every square of 2 * step rows and columns. */
SQ_ALWAYS_INLINE void exchange_corners(uint64_t word[64], unsigned step, uint64_t low)
{
    for (unsigned square = 0; square < 64; square += 2 * step)
        for (unsigned i = square; i < square + step; i++) {
            const uint64_t differ = (word[i] >> step ^ word[i + step]) & low;
            word[i] ^= differ << step;
            word[i + step] ^= differ;
        }
}

/* 64 rows of 64 bits into 64 columns, in place. */
static inline void transpose_square(uint64_t word[64])
{
    exchange_corners(word, 32, 0x00000000ffffffffu);
    exchange_corners(word, 16, 0x0000ffff0000ffffu);
    exchange_corners(word, 8, 0x00ff00ff00ff00ffu);
    exchange_corners(word, 4, 0x0f0f0f0f0f0f0f0fu);
    exchange_corners(word, 2, 0x3333333333333333u);
    exchange_corners(word, 1, 0x5555555555555555u);
}

/* Bit rows [n_rows][n_words] -> columns [groups of 64 rows][stride], stride >= 64 * n_words. */
static inline void turn_into_columns(uint64_t *column, size_t stride, const uint64_t *row,
                                     uint32_t n_rows, uint32_t n_words)
{
    for (uint32_t first = 0; first < n_rows; first += 64, column += stride)
        for (uint32_t w = 0; w < n_words; w++) {
            uint64_t *square = column + 64 * (size_t)w;
            for (uint32_t r = 0; r < 64; r++)
                square[r] = first + r < n_rows ? row[(size_t)(first + r) * n_words + w] : 0;
            transpose_square(square);
        }
}

#endif
