#include <immintrin.h>

#define REAL_LANES       16
#define REAL_NAME(start) start##_avx512
#define WIDEN(in)        _mm512_cvtps_pd(_mm256_load_ps(in))
#include "kernels/real/real_f32_rows.h"
