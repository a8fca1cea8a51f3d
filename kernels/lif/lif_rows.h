/* The body of every vector variant of sq_lif_i16 and sq_lif_i32.
 *
 * The includer defines
 *   LIF_CURRENT       type of a current
 *   LIF_LANES         membranes of one vector: 4, 8 or 16
 *   LIF_LOAD(acc)     the first vector of currents, as int32
 *   LIF_BITS(mask)    the lanes of a vector of 0 and -1 as bits, lane j at bit j
 * and calls lif_rows(). */
#ifndef SQ_LIF_ROWS_H
#define SQ_LIF_ROWS_H

#include "kernels/base/block.h"
#include "kernels/lif/lif.h"

typedef int32_t vec __attribute__((vector_size(LIF_LANES * sizeof(int32_t)), may_alias));
typedef int32_t loose_vec
    __attribute__((vector_size(LIF_LANES * sizeof(int32_t)), may_alias, aligned(4)));

SQ_ALWAYS_INLINE vec half(vec x, enum sq_rounding rounding)
{
    if (rounding == SQ_ROUND_NEAREST)
        x += x >> 1 & 1;
    return x >> 1;
}

/* LIF_LANES neurons; returns their spikes, neuron j at bit j. */
SQ_ALWAYS_INLINE uint64_t step_lanes(int32_t *v, const LIF_CURRENT *acc, const int32_t *bias,
                                     const int32_t *threshold, int32_t shift,
                                     enum sq_rounding rounding)
{
    const vec before = *(const loose_vec *)v;
    const vec x = ((vec)LIF_LOAD(acc) << shift) + *(const vec *)bias;
    const vec h = before + half(x - before, rounding);
    const vec fires = h >= *(const vec *)threshold;
    *(loose_vec *)v = h & ~fires;
    return (uint64_t)LIF_BITS(fires);
}

/* Inlined once for each rounding, so that the choice is outside the loops. */
SQ_ALWAYS_INLINE void lif_rounded(uint64_t *word, size_t word_stride, int32_t *v,
                                  const LIF_CURRENT *acc, size_t acc_stride,
                                  const struct sq_lif_fixed *fixed, enum sq_rounding rounding,
                                  size_t width, size_t n_rows)
{
    const int32_t shift = (int32_t)fixed->shift;
    for (; n_rows > 0; n_rows--, word += word_stride, v += width, acc += acc_stride) {
        uint64_t spikes = 0;
        for (size_t j = 0; j < width; j += LIF_LANES)
            spikes |=
                step_lanes(v + j, acc + j, fixed->bias + j, fixed->threshold + j, shift, rounding)
                << j;
        *word = spikes;
    }
}

SQ_ALWAYS_INLINE void lif_rows(uint64_t *word, size_t word_stride, int32_t *v,
                               const LIF_CURRENT *acc, size_t acc_stride,
                               const struct sq_lif_fixed *fixed, size_t width, size_t n_rows)
{
    if (fixed->rounding == SQ_ROUND_NEAREST)
        lif_rounded(word, word_stride, v, acc, acc_stride, fixed, SQ_ROUND_NEAREST, width, n_rows);
    else
        lif_rounded(word, word_stride, v, acc, acc_stride, fixed, SQ_ROUND_DOWN, width, n_rows);
}

#endif
