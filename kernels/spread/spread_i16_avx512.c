#include <immintrin.h>
#include <stdint.h>

#define SPREAD_WEIGHT int16_t
#define SPREAD_SUM    int32_t
#define SPREAD_LANES  16
#define WIDEN(row)    _mm512_cvtepi16_epi32(_mm256_load_si256((const __m256i *)(row)))
#include "kernels/spread/spread_line.h"

void sq_spread_i16_avx512(int32_t *sum, const int16_t *w, size_t width, size_t n_channels,
                          size_t n_pixels, const struct sq_spread_span *span, size_t n_spans)
{
    spread_line(sum, w, width, n_channels, n_pixels, span, n_spans);
}
