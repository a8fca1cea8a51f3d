#include <immintrin.h>

#define NEURON_LANES       8
#define NEURON_BITS(mask)  (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps((__m256i)(mask)))
#define NEURON_NAME(start) start##_avx2
#define WIDEN(acc)         _mm256_cvtepi16_epi32(_mm_load_si128((const __m128i *)(acc)))
#include "kernels/neuron/neuron_fixed_vec.h"
