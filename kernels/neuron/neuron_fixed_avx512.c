#include <immintrin.h>

#define NEURON_LANES       16
#define NEURON_BITS(mask)  _mm512_movepi32_mask((__m512i)(mask))
#define NEURON_NAME(start) start##_avx512
#define WIDEN(acc)         _mm512_cvtepi16_epi32(_mm256_load_si256((const __m256i *)(acc)))
#include "kernels/neuron/neuron_fixed_vec.h"
