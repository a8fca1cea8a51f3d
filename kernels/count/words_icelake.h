/* Words of AVX-512 with VPOPCNTDQ: eight to a vector. See words.h. */
#ifndef SQ_COUNT_WORDS_ICELAKE_H
#define SQ_COUNT_WORDS_ICELAKE_H

#include "kernels/base/bits.h"
#include "kernels/base/block.h"

#include <immintrin.h>
#include <stdint.h>

enum { COUNT_LANES = 8 };

typedef uint64_t words __attribute__((vector_size(COUNT_LANES * 8)));

SQ_ALWAYS_INLINE words ones_of(words x)
{
    return (words)_mm512_popcnt_epi64((__m512i)x);
}

SQ_ALWAYS_INLINE words swap_lanes(words x, unsigned step)
{
    return step == 1   ? (words)_mm512_shuffle_epi32((__m512i)x, 0x4e)
           : step == 2 ? (words)_mm512_permutex_epi64((__m512i)x, 0x4e)
                       : (words)_mm512_shuffle_i64x2((__m512i)x, (__m512i)x, 0x4e);
}

SQ_ALWAYS_INLINE words rotate_left(words x, words n)
{
    return (words)_mm512_rolv_epi64((__m512i)x, (__m512i)n);
}

typedef __mmask8 lanes;

/* The byte in memory is the mask: this processor's first byte has the first bits. */
SQ_ALWAYS_INLINE lanes lanes_with(const uint64_t *set, size_t at)
{
    return ((const unsigned char *)set)[at >> 3];
}

SQ_ALWAYS_INLINE lanes lanes_meeting(words x, uint64_t set)
{
    return _mm512_test_epi64_mask((__m512i)x, _mm512_set1_epi64((long long)set));
}

SQ_ALWAYS_INLINE words join_in(words x, lanes in, uint64_t set)
{
    return (words)_mm512_mask_or_epi64((__m512i)x, in, (__m512i)x,
                                       _mm512_set1_epi64((long long)set));
}

SQ_ALWAYS_INLINE words add_in(words x, lanes in, uint64_t n)
{
    return (words)_mm512_mask_add_epi64((__m512i)x, in, (__m512i)x,
                                        _mm512_set1_epi64((long long)n));
}

#include "kernels/count/words.h"

#endif
