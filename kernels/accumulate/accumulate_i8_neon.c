/* Eight accumulators of 8 integers; the addition widens the weights (saddw). */
#include <arm_neon.h>
#include <stdint.h>

#define ACCUMULATE_WEIGHT int8_t
#define ACCUMULATE_SUM    int16_t
#define ACCUMULATE_LANES  8
#define WIDEN(row)        vmovl_s8(vld1_s8(row))
#include "kernels/accumulate/accumulate_rows.h"

void sq_accumulate_i8_neon(int16_t *acc, const int8_t *w, size_t width, const struct sq_span *span,
                           size_t n_rows, size_t n_spans, int from_zero)
{
    accumulate_block(acc, w, width, span, n_rows, n_spans, from_zero, &SQ_NOTHING_AHEAD);
}
