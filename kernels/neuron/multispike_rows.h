/* The body of every vector variant of sq_multispike_f32. The includer defines what neuron_vec.h asks
 * for and calls multispike_rows(). Lanes are neurons, so the bits cannot depend on it. */
#ifndef SQ_MULTISPIKE_ROWS_H
#define SQ_MULTISPIKE_ROWS_H

#include "kernels/neuron/neuron.h"
#include "kernels/neuron/neuron_vec.h"

SQ_ALWAYS_INLINE vec clamp(vec x, vec most)
{
    const vec positive = (vec)((lanes)x & (x > 0.0f));
    const lanes below = positive < most;
    return (vec)(((lanes)positive & below) | ((lanes)most & ~below));
}

/* To even: see multispike_f32_scalar.c. */
SQ_ALWAYS_INLINE lanes whole(vec x, enum sq_multispike_rounding rounding)
{
    if (rounding == SQ_HALF_UP)
        return (lanes) __builtin_convertvector(x + 0.5f, lanes);
    return (lanes)(x + 0x1p23f) & 7;
}

/* Inlined once for each rounding, so that the choice is outside the loops. */
SQ_ALWAYS_INLINE void rounded_rows(uint64_t *word, size_t word_stride, size_t plane_stride,
                                   const float *acc, size_t acc_stride, const float *bias,
                                   float most, enum sq_multispike_rounding rounding, size_t width,
                                   size_t n_rows)
{
    const vec limit = (vec){0} + most;
    for (; n_rows > 0; n_rows--, word += word_stride, acc += acc_stride) {
        uint64_t plane[SQ_MULTISPIKE_PLANES] = {0};
        for (size_t j = 0; j < width; j += NEURON_LANES) {
            const lanes k = whole(clamp(add_currents(acc + j, bias + j), limit), rounding);
            for (int p = 0; p < SQ_MULTISPIKE_PLANES; p++)
                plane[p] |= (uint64_t)NEURON_BITS((k & (1 << p)) != 0) << j;
        }
        uint64_t *at = word;
        for (int p = 0; p < SQ_MULTISPIKE_PLANES; p++, at += plane_stride)
            *at = plane[p];
    }
}

SQ_ALWAYS_INLINE void multispike_rows(uint64_t *word, size_t word_stride, size_t plane_stride,
                                      const float *acc, size_t acc_stride, const float *bias,
                                      float most, enum sq_multispike_rounding rounding,
                                      size_t width, size_t n_rows)
{
    if (rounding == SQ_HALF_UP)
        rounded_rows(word, word_stride, plane_stride, acc, acc_stride, bias, most, SQ_HALF_UP,
                     width, n_rows);
    else
        rounded_rows(word, word_stride, plane_stride, acc, acc_stride, bias, most, SQ_HALF_TO_EVEN,
                     width, n_rows);
}

#endif
