#include "kernels/base/neon.h"
#include "kernels/lif/lif.h"

/* x / 2 by integer operations, subnormal results rounded to nearest even: see lif_f32_scalar.c. */
static inline float32x4_t half(float32x4_t x)
{
    const uint32x4_t bits = vreinterpretq_u32_f32(x);
    const uint32x4_t sign = vandq_u32(bits, vdupq_n_u32(0x80000000u));
    const uint32x4_t magnitude = veorq_u32(bits, sign);
    const uint32x4_t shifted = vshrq_n_u32(magnitude, 1);
    const uint32x4_t odd = vandq_u32(vandq_u32(magnitude, shifted), vdupq_n_u32(1));
    const uint32x4_t small = vorrq_u32(vaddq_u32(shifted, odd), sign);
    const uint32x4_t large = vsubq_u32(bits, vdupq_n_u32(0x00800000u));
    const uint32x4_t is_large = vcgeq_u32(magnitude, vdupq_n_u32(0x01000000u));
    return vreinterpretq_f32_u32(vbslq_u32(is_large, large, small));
}

/* Four neurons; returns their spikes, neuron j at bit j. */
static inline uint32_t step_lanes(float *v, const float *acc, const float *bias,
                                  float32x4_t threshold)
{
    const float32x4_t x = vaddq_f32(vld1q_f32(acc), vld1q_f32(bias));
    const float32x4_t before = vld1q_f32(v);
    const float32x4_t h = vaddq_f32(before, half(vsubq_f32(x, before)));
    const uint32x4_t fires = vcgeq_f32(h, threshold);
    vst1q_f32(v, vreinterpretq_f32_u32(vbicq_u32(vreinterpretq_u32_f32(h), fires)));
    return sq_bits_of(fires);
}

void sq_lif_f32_neon(uint64_t *word, size_t word_stride, float *v, const float *acc,
                     size_t acc_stride, const float *bias, float threshold, size_t width,
                     size_t n_rows)
{
    const float32x4_t at = vdupq_n_f32(threshold);
    for (; n_rows > 0; n_rows--, word += word_stride, v += width, acc += acc_stride) {
        uint64_t spikes = 0;
        for (size_t j = 0; j < width; j += 4)
            spikes |= (uint64_t)step_lanes(v + j, acc + j, bias + j, at) << j;
        *word = spikes;
    }
}
