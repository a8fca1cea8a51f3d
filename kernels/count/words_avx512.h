/* Words of AVX-512 with VPOPCNTDQ: eight to a vector. See words.h. */
#ifndef SQ_COUNT_WORDS_AVX512_H
#define SQ_COUNT_WORDS_AVX512_H

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

SQ_ALWAYS_INLINE words join(words x, uint64_t bits, uint64_t set)
{
    return (words)_mm512_mask_or_epi64((__m512i)x, (__mmask8)bits, (__m512i)x,
                                       _mm512_set1_epi64((long long)set));
}

#include "kernels/count/words.h"

#endif
