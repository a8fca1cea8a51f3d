/* Words of AVX2: four to a vector. See words.h. */
#ifndef SQ_COUNT_WORDS_AVX2_H
#define SQ_COUNT_WORDS_AVX2_H

#include "kernels/base/bits.h"
#include "kernels/base/block.h"

#include <immintrin.h>
#include <stdint.h>

enum { COUNT_LANES = 4 };

typedef uint64_t words __attribute__((vector_size(COUNT_LANES * 8)));

/* Bytes by their halves from a table, then the bytes of each word. */
SQ_ALWAYS_INLINE words ones_of(words x)
{
    const __m256i half = _mm256_set1_epi8(15);
    const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1,
                                           2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
    const __m256i low = _mm256_and_si256((__m256i)x, half);
    const __m256i high = _mm256_and_si256(_mm256_srli_epi16((__m256i)x, 4), half);
    const __m256i ones =
        _mm256_add_epi8(_mm256_shuffle_epi8(table, low), _mm256_shuffle_epi8(table, high));
    return (words)_mm256_sad_epu8(ones, _mm256_setzero_si256());
}

SQ_ALWAYS_INLINE words swap_lanes(words x, unsigned step)
{
    return step == 1 ? (words)_mm256_shuffle_epi32((__m256i)x, 0x4e)
                     : (words)_mm256_permute4x64_epi64((__m256i)x, 0x4e);
}

SQ_ALWAYS_INLINE words rotate_left(words x, words n)
{
    return x << n | x >> (64 - n);
}

/* All ones in every other lane: what a comparison with 0 gives, and an AND NOT takes. */
typedef words lanes;

SQ_ALWAYS_INLINE lanes lanes_with(const uint64_t *set, size_t at)
{
    const words bit = {1, 2, 4, 8};
    return (words)((bit << at & *set) == 0);
}

SQ_ALWAYS_INLINE lanes lanes_meeting(words x, uint64_t set)
{
    return (words)((x & set) == 0);
}

SQ_ALWAYS_INLINE words join_in(words x, lanes in, uint64_t set)
{
    return x | (~in & set);
}

SQ_ALWAYS_INLINE words add_in(words x, lanes in, uint64_t n)
{
    return x + (~in & n);
}

#include "kernels/count/words.h"

#endif
