/* Bit rows: a set of channels as 64-bit words, channel c at bit c % 64 of word c / 64. Bits past
 * the last channel are zero, always. */
#ifndef SQ_BASE_BITS_H
#define SQ_BASE_BITS_H

#include <stddef.h>
#include <stdint.h>

static inline size_t sq_words_for(size_t n_bits)
{
    return (n_bits + 63) >> 6;
}

static inline int sq_bit_get(const uint64_t *word, size_t i)
{
    return (int)(word[i >> 6] >> (i & 63) & 1);
}

static inline void sq_bit_set(uint64_t *word, size_t i)
{
    word[i >> 6] |= (uint64_t)1 << (i & 63);
}

/* Number of ones in a word: sums of 2, 4, 8 ... neighbouring bits. In files that are compiled for
 * every processor the builtin is a call; this becomes vectors in a loop. */
static inline uint64_t sq_ones(uint64_t word)
{
#ifdef __POPCNT__
    return (uint64_t)__builtin_popcountll(word);
#else
    word -= word >> 1 & 0x5555555555555555u;
    word = (word & 0x3333333333333333u) + (word >> 2 & 0x3333333333333333u);
    word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    word += word >> 8;
    word += word >> 16;
    word += word >> 32;
    return word & 0x7f;
#endif
}

/* Number of ones in `n` words. */
static inline uint64_t sq_popcount(const uint64_t *word, size_t n)
{
    uint64_t ones = 0;
    for (size_t i = 0; i < n; i++)
        ones += sq_ones(word[i]);
    return ones;
}

#endif
