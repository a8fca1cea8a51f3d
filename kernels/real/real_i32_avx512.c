#include <immintrin.h>
#include <stdint.h>

#define REAL_LANES       16
#define REAL_NAME(start) start##_avx512
#define WIDEN(acc)       _mm512_cvtepi16_epi32(_mm256_load_si256((const __m256i *)(acc)))
#include "kernels/real/real_i32_rows.h"
