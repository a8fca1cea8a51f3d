#include <immintrin.h>

#define NEURON_LANES      16
#define NEURON_BITS(mask) _mm512_movepi32_mask((__m512i)(mask))
#include "kernels/neuron/multispike_rows.h"

void sq_multispike_f32_avx512(uint64_t *word, size_t word_stride, size_t plane_stride,
                              const float *acc, size_t acc_stride, const float *bias, float most,
                              enum sq_multispike_rounding rounding, size_t width, size_t n_rows)
{
    multispike_rows(word, word_stride, plane_stride, acc, acc_stride, bias, most, rounding, width,
                    n_rows);
}
