/* Every variant of the integer kernels of neuron.h, the scalar one included: lanes are neurons, so the bits
 * cannot depend on how many there are.
 *
 * The includer defines
 *   NEURON_LANES        neurons of a vec: 1, 4, 8 or 16
 *   vec, loose_vec      that many int32_t; loose_vec need not be aligned
 *   NEURON_NAME(start)  the function `start` of its instruction set
 *   NEURON_BITS(mask)   the lanes of a comparison as bits, lane j at bit j
 *   IS(mask)            a comparison as lanes of 0 and -1
 *   SHIFT_LEFT(x, n)    x << n
 *   WIDEN(acc)          the first vec of accumulators of 16 bits, as int32 */
#ifndef SQ_NEURON_FIXED_ROWS_H
#define SQ_NEURON_FIXED_ROWS_H

#include "kernels/base/block.h"
#include "kernels/neuron/neuron.h"

#define LOAD(acc) (*(const vec *)(acc))

/* What the leak adds before it shifts right: to the nearest, of two the even one; or nothing. */
struct leak {
    int32_t shift, half, odd;
};

static inline struct leak leak_of(const struct sq_neuron_fixed *fixed)
{
    const int32_t shift = (int32_t)fixed->leak;
    const int is_nearest = shift > 0 && fixed->rounding == SQ_ROUND_NEAREST;
    return (struct leak){shift, is_nearest ? (1 << (shift - 1)) - 1 : 0, is_nearest};
}

SQ_ALWAYS_INLINE vec leaked(vec x, struct leak leak)
{
    return (x + leak.half + (x >> leak.shift & leak.odd)) >> leak.shift;
}

SQ_ALWAYS_INLINE vec charge(vec v, vec x, struct leak leak, enum sq_neuron_model model)
{
    switch (model) {
    case SQ_MODEL_LIF:
        return v + leaked(x - v, leak);
    case SQ_MODEL_MS:
        return leaked(v, leak) + x;
    default:
        return v + x;
    }
}

/* NEURON_LANES neurons; returns their spikes. */
SQ_ALWAYS_INLINE uint64_t step_lanes(int32_t *v, vec x, const int32_t *threshold, struct leak leak,
                                     enum sq_neuron_model model)
{
    const vec h = charge(*(const loose_vec *)v, x, leak, model);
    const vec fires = IS(h >= *(const vec *)threshold);
    *(loose_vec *)v = h & ~fires;
    return (uint64_t)NEURON_BITS(fires);
}

/* NEURON_LANES neurons: bit planes of how many thresholds are reached. */
SQ_ALWAYS_INLINE void count_lanes(uint64_t plane[SQ_MULTISPIKE_PLANES], vec x,
                                  const int32_t *threshold, size_t next, uint32_t most, size_t at)
{
    vec k = x ^ x;
    for (uint32_t level = 0; level < most; level++, threshold += next)
        k -= IS(x >= *(const vec *)threshold);
    for (int p = 0; p < SQ_MULTISPIKE_PLANES; p++)
        plane[p] |= (uint64_t)NEURON_BITS(IS((k & (1 << p)) != 0)) << at;
}

#define NEURON_ROWS(neuron, multispike, rows, type, load)                                          \
    SQ_ALWAYS_INLINE void rows(uint64_t *word, size_t word_stride, int32_t *v, const type *acc,    \
                               size_t acc_stride, const struct sq_neuron_fixed *fixed,             \
                               enum sq_neuron_model model, size_t width, size_t n_rows)            \
    {                                                                                              \
        const struct leak leak = leak_of(fixed);                                                   \
        const int32_t shift = (int32_t)fixed->shift;                                               \
        for (; n_rows > 0; n_rows--, word += word_stride, v += width, acc += acc_stride) {         \
            uint64_t spikes = 0;                                                                   \
            for (size_t j = 0; j < width; j += NEURON_LANES) {                                     \
                const vec x =                                                                      \
                    SHIFT_LEFT((vec)load(acc + j), shift) + *(const vec *)(fixed->bias + j);       \
                spikes |= step_lanes(v + j, x, fixed->threshold + j, leak, model) << j;            \
            }                                                                                      \
            *word = spikes;                                                                        \
        }                                                                                          \
    }                                                                                              \
    void NEURON_NAME(neuron)(uint64_t * word, size_t word_stride, int32_t * v, const type *acc,    \
                             size_t acc_stride, const struct sq_neuron_fixed *fixed, size_t width, \
                             size_t n_rows)                                                        \
    {                                                                                              \
        if (fixed->model == SQ_MODEL_LIF)                                                          \
            rows(word, word_stride, v, acc, acc_stride, fixed, SQ_MODEL_LIF, width, n_rows);       \
        else if (fixed->model == SQ_MODEL_MS)                                                      \
            rows(word, word_stride, v, acc, acc_stride, fixed, SQ_MODEL_MS, width, n_rows);        \
        else                                                                                       \
            rows(word, word_stride, v, acc, acc_stride, fixed, SQ_MODEL_IF, width, n_rows);        \
    }                                                                                              \
    void NEURON_NAME(multispike)(uint64_t * word, size_t word_stride, size_t plane_stride,         \
                                 const type *acc, size_t acc_stride,                               \
                                 const struct sq_neuron_fixed *fixed, uint32_t most, size_t width, \
                                 size_t n_rows)                                                    \
    {                                                                                              \
        const int32_t shift = (int32_t)fixed->shift;                                               \
        for (; n_rows > 0; n_rows--, word += word_stride, acc += acc_stride) {                     \
            uint64_t plane[SQ_MULTISPIKE_PLANES] = {0}, *at = word;                                \
            for (size_t j = 0; j < width; j += NEURON_LANES)                                       \
                count_lanes(plane,                                                                 \
                            SHIFT_LEFT((vec)load(acc + j), shift) +                                \
                                *(const vec *)(fixed->bias + j),                                   \
                            fixed->threshold + j, fixed->next_threshold, most, j);                 \
            for (int p = 0; p < SQ_MULTISPIKE_PLANES; p++, at += plane_stride)                     \
                *at = plane[p];                                                                    \
        }                                                                                          \
    }

NEURON_ROWS(sq_neuron_i16, sq_multispike_i16, rows_i16, int16_t, WIDEN)
NEURON_ROWS(sq_neuron_i32, sq_multispike_i32, rows_i32, int32_t, LOAD)
#undef NEURON_ROWS

#endif
