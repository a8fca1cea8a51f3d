#include <immintrin.h>
#include <stdint.h>

#define REAL_LANES       8
#define REAL_NAME(start) start##_avx2
#define WIDEN(acc)       _mm256_cvtepi16_epi32(_mm_load_si128((const __m128i *)(acc)))
#include "kernels/real/real_i32_rows.h"
