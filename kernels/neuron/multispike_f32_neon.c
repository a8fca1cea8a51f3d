#include "kernels/base/neon.h"

#define NEURON_LANES      4
#define NEURON_BITS(mask) sq_bits_of((uint32x4_t)(mask))
#include "kernels/neuron/multispike_rows.h"

void sq_multispike_f32_neon(uint64_t *word, size_t word_stride, size_t plane_stride,
                            const float *acc, size_t acc_stride, const float *bias, float most,
                            enum sq_multispike_rounding rounding, size_t width, size_t n_rows)
{
    multispike_rows(word, word_stride, plane_stride, acc, acc_stride, bias, most, rounding, width,
                    n_rows);
}
