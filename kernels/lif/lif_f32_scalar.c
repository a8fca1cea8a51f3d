#include "kernels/lif/lif.h"

#include <string.h>

/* x / 2, rounded to nearest even, on the bits of x. An exponent field of 2 or more goes down by
 * one. Below that the field is 0 or would become 0, and there the bits without the sign are the
 * significand itself in units of 2^-149: shift it, and round up if a half is lost next to an odd
 * number. */
static float half(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    const uint32_t sign = bits & 0x80000000u;
    const uint32_t magnitude = bits ^ sign;
    const uint32_t shifted = magnitude >> 1;
    bits = magnitude >= 0x01000000u ? bits - 0x00800000u
                                    : (shifted + (magnitude & shifted & 1)) | sign;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static uint64_t step_row(float *restrict v, const float *restrict acc, const float *restrict bias,
                         float threshold, size_t width)
{
    uint64_t word = 0;
    for (size_t j = 0; j < width; j++) {
        const float x = acc[j] + bias[j];
        const float h = v[j] + half(x - v[j]);
        const int fires = h >= threshold;
        word |= (uint64_t)fires << j;
        v[j] = fires ? 0.0f : h;
    }
    return word;
}

void sq_lif_f32_scalar(uint64_t *word, size_t word_stride, float *v, const float *acc,
                       size_t acc_stride, const float *bias, float threshold, size_t width,
                       size_t n_rows)
{
    for (; n_rows > 0; n_rows--, word += word_stride, v += width, acc += acc_stride)
        *word = step_row(v, acc, bias, threshold, width);
}
