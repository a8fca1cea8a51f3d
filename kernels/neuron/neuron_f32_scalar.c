#include "kernels/base/block.h"

#include <stdint.h>

#define NEURON_LANES 1

typedef float vec;
typedef int lanes;

SQ_ALWAYS_INLINE vec add_currents(const float *acc, const float *bias)
{
    return *acc + *bias;
}

SQ_ALWAYS_INLINE vec load_v(const float *v)
{
    return *v;
}

SQ_ALWAYS_INLINE uint64_t reset(float *v, vec h, lanes fired)
{
    *v = fired ? 0.0f : h;
    return (uint64_t)fired;
}

#include "kernels/neuron/neuron_models.h"

void sq_neuron_f32_scalar(uint64_t *word, size_t word_stride, float *v, const float *acc,
                          size_t acc_stride, const float *bias, const struct sq_neuron *neuron,
                          size_t width, size_t n_rows)
{
    neuron_rows[neuron->model](word, word_stride, v, acc, acc_stride, bias, neuron, width, n_rows);
}
