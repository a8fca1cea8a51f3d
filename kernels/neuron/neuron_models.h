/* What every variant of sq_neuron_f32 shares: the equations, and one function a model.
 *
 * The includer defines
 *   NEURON_LANES     neurons of a vec: 1, 4, 8 or 16
 *   vec              that many floats
 *   lanes            what comparing two vecs gives: 1 or 0, or a vector of -1 and 0
 *   add_currents()   acc + bias
 *   reset()          stores h, or 0 where it fired, and returns the spikes, the first at bit 0
 *   load_v()         a vec of membranes
 * and calls neuron_rows[model]. */
#ifndef SQ_NEURON_MODELS_H
#define SQ_NEURON_MODELS_H

#include "kernels/base/block.h"
#include "kernels/neuron/neuron.h"

/* Product and sum are two roundings: -ffp-contract=off keeps the compiler from fusing them. */
SQ_ALWAYS_INLINE vec charge(vec v, vec x, const struct sq_neuron *neuron,
                            enum sq_neuron_model model)
{
    switch (model) {
    case SQ_MODEL_LIF:
        return v + (x - v) / neuron->tau;
    case SQ_MODEL_PLIF:
        return v + (x - v) * neuron->decay;
    case SQ_MODEL_IF:
        return v + x;
    default:
        return v * neuron->decay + x;
    }
}

SQ_ALWAYS_INLINE lanes fires(vec h, float threshold, enum sq_neuron_model model)
{
    return model == SQ_MODEL_MS ? h > threshold : h >= threshold;
}

SQ_ALWAYS_INLINE uint64_t step_row(float *restrict v, const float *restrict acc,
                                   const float *restrict bias, const struct sq_neuron *neuron,
                                   enum sq_neuron_model model, size_t width)
{
    uint64_t spikes = 0;
    for (size_t j = 0; j < width; j += NEURON_LANES) {
        const vec h = charge(load_v(v + j), add_currents(acc + j, bias + j), neuron, model);
        spikes |= reset(v + j, h, fires(h, neuron->threshold, model)) << j;
    }
    return spikes;
}

SQ_ALWAYS_INLINE void step_rows(uint64_t *word, size_t word_stride, float *v, const float *acc,
                                size_t acc_stride, const float *bias,
                                const struct sq_neuron *neuron, size_t width, size_t n_rows,
                                enum sq_neuron_model model)
{
    const struct sq_neuron constant = *neuron; /* which no store to v can change */
    for (; n_rows > 0; n_rows--, word += word_stride, v += width, acc += acc_stride)
        *word = step_row(v, acc, bias, &constant, model, width);
}

/* A function a model, so that the choice is outside the loops, and that the machine code of each can
 * be told apart (test/house/no_multiply.sh). */
#define NEURON_ROWS(name, model)                                                              \
    static void name(uint64_t *word, size_t word_stride, float *v, const float *acc,          \
                     size_t acc_stride, const float *bias, const struct sq_neuron *neuron,    \
                     size_t width, size_t n_rows)                                             \
    {                                                                                         \
        step_rows(word, word_stride, v, acc, acc_stride, bias, neuron, width, n_rows, model); \
    }

NEURON_ROWS(lif_rows, SQ_MODEL_LIF)
NEURON_ROWS(plif_rows, SQ_MODEL_PLIF)
NEURON_ROWS(if_rows, SQ_MODEL_IF)
NEURON_ROWS(ms_rows, SQ_MODEL_MS)
#undef NEURON_ROWS

static sq_neuron_f32_fn *const neuron_rows[] = {[SQ_MODEL_LIF] = lif_rows,
                                                [SQ_MODEL_PLIF] = plif_rows,
                                                [SQ_MODEL_IF] = if_rows,
                                                [SQ_MODEL_MS] = ms_rows};

#endif
