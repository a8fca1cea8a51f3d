#include "kernels/lif/lif.h"

#include <immintrin.h>

/* x / 2 by integer operations, subnormal results rounded to nearest even: see lif_f32_scalar.c. */
static inline __m512 half(__m512 x)
{
    const __m512i bits = _mm512_castps_si512(x);
    const __m512i sign = _mm512_and_si512(bits, _mm512_set1_epi32(INT32_MIN));
    const __m512i magnitude = _mm512_xor_si512(bits, sign);
    const __m512i shifted = _mm512_srli_epi32(magnitude, 1);
    const __m512i odd =
        _mm512_and_si512(_mm512_and_si512(magnitude, shifted), _mm512_set1_epi32(1));
    const __m512i small = _mm512_or_si512(_mm512_add_epi32(shifted, odd), sign);
    const __mmask16 is_large = _mm512_cmpgt_epi32_mask(magnitude, _mm512_set1_epi32(0x00ffffff));
    return _mm512_castsi512_ps(
        _mm512_mask_sub_epi32(small, is_large, bits, _mm512_set1_epi32(0x00800000)));
}

/* Sixteen neurons; returns their spikes, neuron j at bit j. */
static inline __mmask16 step_lanes(float *v, const float *acc, const float *bias, __m512 threshold)
{
    const __m512 x = _mm512_add_ps(_mm512_load_ps(acc), _mm512_load_ps(bias));
    const __m512 before = _mm512_loadu_ps(v);
    const __m512 h = _mm512_add_ps(before, half(_mm512_sub_ps(x, before)));
    const __mmask16 stays = _mm512_cmp_ps_mask(h, threshold, _CMP_NGE_UQ);
    _mm512_storeu_ps(v, _mm512_maskz_mov_ps(stays, h));
    return (__mmask16)~stays;
}

void sq_lif_f32_avx512(uint64_t *word, size_t word_stride, float *v, const float *acc,
                       size_t acc_stride, const float *bias, float threshold, size_t width,
                       size_t n_rows)
{
    const __m512 at = _mm512_set1_ps(threshold);
    for (; n_rows > 0; n_rows--, word += word_stride, v += width, acc += acc_stride) {
        uint64_t spikes = 0;
        for (size_t j = 0; j < width; j += 16)
            spikes |= (uint64_t)step_lanes(v + j, acc + j, bias + j, at) << j;
        *word = spikes;
    }
}
