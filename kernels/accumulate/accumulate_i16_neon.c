/* Four vectors of 4 integers a row; the addition widens the weights (saddw). */
#include <arm_neon.h>
#include <stdint.h>

#define ACCUMULATE_WEIGHT  int16_t
#define ACCUMULATE_SUM     int32_t
#define ACCUMULATE_COLUMNS SQ_LANES
#define ACCUMULATE_LANES   4
#define WIDEN(row)         vmovl_s16(vld1_s16(row))
#include "kernels/accumulate/accumulate_rows.h"

void sq_accumulate_i16_neon(int32_t *acc, size_t width, const int16_t *w,
                            const struct sq_quads *quads, enum sq_sums_from from)
{
    accumulate_quads(acc, width, w, quads, from, &SQ_NOTHING_AHEAD);
}
