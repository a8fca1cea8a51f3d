#include "kernels/lif/lif.h"

#include <immintrin.h>

/* x / 2 by integer operations, subnormal results rounded to nearest even: see lif_f32_scalar.c. */
static inline __m256 half(__m256 x)
{
    const __m256i bits = _mm256_castps_si256(x);
    const __m256i sign = _mm256_and_si256(bits, _mm256_set1_epi32(INT32_MIN));
    const __m256i magnitude = _mm256_xor_si256(bits, sign);
    const __m256i shifted = _mm256_srli_epi32(magnitude, 1);
    const __m256i odd =
        _mm256_and_si256(_mm256_and_si256(magnitude, shifted), _mm256_set1_epi32(1));
    const __m256i small = _mm256_or_si256(_mm256_add_epi32(shifted, odd), sign);
    const __m256i large = _mm256_sub_epi32(bits, _mm256_set1_epi32(0x00800000));
    const __m256i is_large = _mm256_cmpgt_epi32(magnitude, _mm256_set1_epi32(0x00ffffff));
    return _mm256_castsi256_ps(_mm256_blendv_epi8(small, large, is_large));
}

/* Eight neurons; returns their spikes, neuron j at bit j. */
static inline unsigned step_lanes(float *v, const float *acc, const float *bias, __m256 threshold)
{
    const __m256 x = _mm256_add_ps(_mm256_load_ps(acc), _mm256_load_ps(bias));
    const __m256 before = _mm256_loadu_ps(v);
    const __m256 h = _mm256_add_ps(before, half(_mm256_sub_ps(x, before)));
    const __m256 fires = _mm256_cmp_ps(h, threshold, _CMP_GE_OQ);
    _mm256_storeu_ps(v, _mm256_andnot_ps(fires, h));
    return (unsigned)_mm256_movemask_ps(fires);
}

void sq_lif_f32_avx2(uint64_t *word, size_t word_stride, float *v, const float *acc,
                     size_t acc_stride, const float *bias, float threshold, size_t width,
                     size_t n_rows)
{
    const __m256 at = _mm256_set1_ps(threshold);
    for (; n_rows > 0; n_rows--, word += word_stride, v += width, acc += acc_stride) {
        uint64_t spikes = 0;
        for (size_t j = 0; j < width; j += 8)
            spikes |= (uint64_t)step_lanes(v + j, acc + j, bias + j, at) << j;
        *word = spikes;
    }
}
