/* Eight accumulators of 8 floats: half of the 16 registers, the adds take w from memory. */
#define ACCUMULATE_WEIGHT float
#define ACCUMULATE_SUM    float
#define ACCUMULATE_LANES  8
#define WIDEN(row)        (*(const vec *)(row))
#include "kernels/accumulate/accumulate_rows.h"

void sq_accumulate_f32_avx2(float *acc, const float *w, size_t width, const struct sq_span *span,
                            size_t n_rows, size_t n_spans, int from_zero,
                            const struct sq_ahead *ahead)
{
    accumulate_block(acc, w, width, span, n_rows, n_spans, from_zero, ahead);
}
