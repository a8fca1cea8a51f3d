#include "kernels/pack/list_rows.h"

#include <immintrin.h>

/* The places of the set bits among 16, four bits each, in ascending order: every set bit becomes
 * a mask of four that pulls its own number out of 0xfedc...10. No branch depends on the data. */
static inline uint64_t places(uint64_t bits)
{
    const uint64_t ones = _pdep_u64(bits, 0x1111111111111111u);
    return _pext_u64(0xfedcba9876543210u, (ones << 4) - ones);
}

static inline uint16_t *list_quarter(uint16_t *event, uint64_t bits, __m256i number)
{
    const __m128i nibble = _mm_set1_epi8(15);
    const __m128i pairs = _mm_cvtsi64_si128((long long)places(bits));
    const __m128i even = _mm_and_si128(pairs, nibble);
    const __m128i odd = _mm_and_si128(_mm_srli_epi16(pairs, 4), nibble);
    const __m256i place = _mm256_cvtepu8_epi16(_mm_unpacklo_epi8(even, odd));
    _mm256_storeu_si256((__m256i *)event, _mm256_add_epi16(place, number));
    return event + _mm_popcnt_u64(bits);
}

static inline uint16_t *list_word(uint16_t *event, uint64_t word, uint16_t number)
{
    const __m256i step = _mm256_set1_epi16(16);
    __m256i numbers = _mm256_set1_epi16((short)number);
    for (int quarter = 0; quarter < 4; quarter++, word >>= 16) {
        event = list_quarter(event, word & 0xffff, numbers);
        numbers = _mm256_add_epi16(numbers, step);
    }
    return event;
}

uint32_t sq_list_events_avx2(uint16_t *event, uint32_t *begin, uint32_t first, const uint64_t *bits,
                             const struct sq_spike_shape *shape)
{
    return list_rows(event, begin, first, bits, shape, list_word);
}
