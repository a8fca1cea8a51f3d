/* Two vectors of 8 integers a row; the addition widens the weights (saddw). */
#include <arm_neon.h>
#include <stdint.h>

#define ACCUMULATE_WEIGHT  int8_t
#define ACCUMULATE_SUM     int16_t
#define ACCUMULATE_COLUMNS SQ_LANES
#define ACCUMULATE_LANES   8
#define WIDEN(row)         vmovl_s8(vld1_s8(row))
#include "kernels/accumulate/accumulate_rows.h"

void sq_accumulate_i8_neon(int16_t *acc, size_t width, const int8_t *w,
                           const struct sq_quads *quads, enum sq_sums_from from)
{
    accumulate_quads(acc, width, w, quads, from, &SQ_NOTHING_AHEAD);
}
