/* One vector of 16 floats a row; eight chains of two quads hide the latency of an addition (3 to 4 cycles). */
#define ACCUMULATE_WEIGHT  float
#define ACCUMULATE_SUM     float
#define ACCUMULATE_COLUMNS SQ_LANES
#define ACCUMULATE_LANES   16
#define WIDEN(row)         (*(const vec *)(row))
#define ACCUMULATE_PAIRS   1
#include "kernels/accumulate/accumulate_rows.h"

void sq_accumulate_f32_avx512(float *acc, size_t width, const float *w,
                              const struct sq_quads *quads, enum sq_sums_from from,
                              const struct sq_ahead *ahead)
{
    accumulate_quads(acc, width, w, quads, from, ahead);
}
