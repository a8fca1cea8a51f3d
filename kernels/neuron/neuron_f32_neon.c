#include "kernels/base/neon.h"

#define NEURON_LANES      4
#define NEURON_BITS(mask) sq_bits_of((uint32x4_t)(mask))
#include "kernels/neuron/neuron_rows.h"

void sq_neuron_f32_neon(uint64_t *word, size_t word_stride, float *v, const float *acc,
                        size_t acc_stride, const float *bias, const struct sq_neuron *neuron,
                        size_t width, size_t n_rows)
{
    neuron_rows[neuron->model](word, word_stride, v, acc, acc_stride, bias, neuron, width, n_rows);
}
