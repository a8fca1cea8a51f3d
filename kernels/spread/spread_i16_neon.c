#include <arm_neon.h>
#include <stdint.h>

#define SPREAD_WEIGHT int16_t
#define SPREAD_SUM    int32_t
#define SPREAD_LANES  4
#define WIDEN(row)    vmovl_s16(vld1_s16(row))
#include "kernels/spread/spread_line.h"

void sq_spread_i16_neon(int32_t *sum, const int16_t *w, size_t width, size_t n_channels,
                        size_t n_pixels, const struct sq_spread_span *span, size_t n_spans)
{
    spread_line(sum, w, width, n_channels, n_pixels, span, n_spans);
}
