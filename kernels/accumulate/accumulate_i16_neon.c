/* Sixteen accumulators of 4 integers; the addition widens the weights (saddw). */
#include <arm_neon.h>
#include <stdint.h>

#define ACCUMULATE_WEIGHT int16_t
#define ACCUMULATE_SUM    int32_t
#define ACCUMULATE_LANES  4
#define WIDEN(row)        vmovl_s16(vld1_s16(row))
#include "kernels/accumulate/accumulate_rows.h"

void sq_accumulate_i16_neon(int32_t *acc, const int16_t *w, size_t width,
                            const struct sq_span *span, size_t n_rows, size_t n_spans,
                            int from_zero)
{
    accumulate_block(acc, w, width, span, n_rows, n_spans, from_zero, &SQ_NOTHING_AHEAD);
}
