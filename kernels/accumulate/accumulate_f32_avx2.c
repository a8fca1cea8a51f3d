/* Two vectors of 8 floats a row: eight chains, half of the 16 registers; the additions take w from memory. */
#define ACCUMULATE_WEIGHT  float
#define ACCUMULATE_SUM     float
#define ACCUMULATE_COLUMNS SQ_LANES
#define ACCUMULATE_LANES   8
#define WIDEN(row)         (*(const vec *)(row))
#include "kernels/accumulate/accumulate_rows.h"

void sq_accumulate_f32_avx2(float *acc, size_t width, const float *w, const struct sq_quads *quads,
                            enum sq_sums_from from, const struct sq_ahead *ahead)
{
    accumulate_quads(acc, width, w, quads, from, ahead);
}
