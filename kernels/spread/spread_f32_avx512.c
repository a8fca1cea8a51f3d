#define SPREAD_WEIGHT float
#define SPREAD_SUM    float
#define SPREAD_LANES  16
#define WIDEN(row)    (*(const vec *)(row))
#include "kernels/spread/spread_line.h"

void sq_spread_f32_avx512(float *sum, const float *w, size_t width, size_t n_channels,
                          size_t n_pixels, const struct sq_spread_span *span, size_t n_spans)
{
    spread_line(sum, w, width, n_channels, n_pixels, span, n_spans);
}
