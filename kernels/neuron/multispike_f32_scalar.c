#include "kernels/neuron/neuron.h"

#include <string.h>

/* From 0 to 7. At 2^23 the last place of a float is 1: adding that rounds to a whole number, of two
 * equally near ones to the even one, and leaves it in the last bits of the significand. */
static inline uint32_t whole(float x, enum sq_multispike_rounding rounding)
{
    if (rounding == SQ_HALF_UP)
        return (uint32_t)(int32_t)(x + 0.5f);
    const float shifted = x + 0x1p23f;
    uint32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    return bits & 7;
}

static void step_row(uint64_t plane[SQ_MULTISPIKE_PLANES], const float *acc, const float *bias,
                     float most, enum sq_multispike_rounding rounding, size_t width)
{
    for (size_t j = 0; j < width; j++) {
        const float x = acc[j] + bias[j];
        const float positive = x > 0.0f ? x : 0.0f;
        const uint64_t k = whole(positive < most ? positive : most, rounding);
        for (unsigned p = 0; p < SQ_MULTISPIKE_PLANES; p++)
            plane[p] |= (k >> p & 1) << j;
    }
}

void sq_multispike_f32_scalar(uint64_t *word, size_t word_stride, size_t plane_stride,
                              const float *acc, size_t acc_stride, const float *bias, float most,
                              enum sq_multispike_rounding rounding, size_t width, size_t n_rows)
{
    for (; n_rows > 0; n_rows--, word += word_stride, acc += acc_stride) {
        uint64_t plane[SQ_MULTISPIKE_PLANES] = {0}, *at = word;
        step_row(plane, acc, bias, most, rounding, width);
        for (unsigned p = 0; p < SQ_MULTISPIKE_PLANES; p++, at += plane_stride)
            *at = plane[p];
    }
}
