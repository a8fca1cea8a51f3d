/* The body of the scalar variants of sq_lif_i16 and sq_lif_i32: the definition.
 *
 * The includer defines LIF_CURRENT, the type of a current, and calls lif_plain(). */
#ifndef SQ_LIF_PLAIN_H
#define SQ_LIF_PLAIN_H

#include "kernels/lif/lif.h"

/* C leaves shifts of negative numbers to the compiler: left ones go through unsigned, right ones
 * are arithmetic in both gcc and clang. */
static inline int32_t half(int32_t x, enum sq_rounding rounding)
{
    const int32_t up = rounding == SQ_ROUND_NEAREST ? x >> 1 & 1 : 0;
    return (x + up) >> 1;
}

static inline uint64_t step_row(int32_t *restrict v, const LIF_CURRENT *restrict acc,
                                const struct sq_lif_fixed *fixed, size_t width)
{
    uint64_t word = 0;
    for (size_t j = 0; j < width; j++) {
        const int32_t current = (int32_t)((uint32_t)(int32_t)acc[j] << fixed->shift);
        const int32_t h = v[j] + half(current + fixed->bias[j] - v[j], fixed->rounding);
        const int fires = h >= fixed->threshold[j];
        word |= (uint64_t)fires << j;
        v[j] = fires ? 0 : h;
    }
    return word;
}

static inline void lif_plain(uint64_t *word, size_t word_stride, int32_t *v, const LIF_CURRENT *acc,
                             size_t acc_stride, const struct sq_lif_fixed *fixed, size_t width,
                             size_t n_rows)
{
    for (; n_rows > 0; n_rows--, word += word_stride, v += width, acc += acc_stride)
        *word = step_row(v, acc, fixed, width);
}

#endif
