#include <immintrin.h>

#define NEURON_LANES      8
#define NEURON_BITS(mask) (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps((__m256i)(mask)))
#include "kernels/neuron/neuron_rows.h"

void sq_neuron_f32_avx2(uint64_t *word, size_t word_stride, float *v, const float *acc,
                        size_t acc_stride, const float *bias, const struct sq_neuron *neuron,
                        size_t width, size_t n_rows)
{
    neuron_rows[neuron->model](word, word_stride, v, acc, acc_stride, bias, neuron, width, n_rows);
}
