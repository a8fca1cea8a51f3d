/* Four accumulators of 16 floats. Four additions an event hide the latency of one (3 to 4 cycles).
 */
#define ACCUMULATE_WEIGHT float
#define ACCUMULATE_SUM    float
#define ACCUMULATE_LANES  16
#define WIDEN(row)        (*(const vec *)(row))
#include "kernels/accumulate/accumulate_rows.h"

void sq_accumulate_f32_avx512(float *acc, const float *w, size_t width, const struct sq_span *span,
                              size_t n_rows, size_t n_spans, int from_zero,
                              const struct sq_ahead *ahead)
{
    accumulate_block(acc, w, width, span, n_rows, n_spans, from_zero, ahead);
}
