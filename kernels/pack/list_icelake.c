#include "kernels/pack/list_rows.h"

#include <immintrin.h>

/* Compress into a register, then store all of it: compressing into memory is microcoded on Zen 4
 * and takes over a hundred cycles. What lies beyond the events is overwritten by the next word. */
static inline uint16_t *list_half(uint16_t *event, uint32_t bits, __m512i numbers)
{
    _mm512_storeu_si512(event, _mm512_maskz_compress_epi16(bits, numbers));
    return event + __builtin_popcount(bits);
}

static inline uint16_t *list_word(uint16_t *event, uint64_t word, uint16_t number)
{
    static const uint16_t count[32] __attribute__((aligned(64))) = {
        0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
        16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};
    const __m512i low =
        _mm512_add_epi16(_mm512_load_si512(count), _mm512_set1_epi16((short)number));
    const __m512i high = _mm512_add_epi16(low, _mm512_set1_epi16(32));
    event = list_half(event, (uint32_t)word, low);
    return list_half(event, (uint32_t)(word >> 32), high);
}

uint32_t sq_list_events_icelake(uint16_t *event, uint32_t *begin, uint32_t first,
                                const uint64_t *bits, const struct sq_spike_shape *shape)
{
    return list_rows(event, begin, first, bits, shape, list_word);
}
