#include <immintrin.h>

#define REAL_LANES       8
#define REAL_NAME(start) start##_avx2
#define WIDEN(in)        _mm256_cvtps_pd(_mm_load_ps(in))
#include "kernels/real/real_f32_rows.h"
