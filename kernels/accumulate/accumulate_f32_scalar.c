#define ACCUMULATE_WEIGHT float
#define ACCUMULATE_SUM    float
#include "kernels/accumulate/accumulate_plain.h"

void sq_accumulate_f32_scalar(float *acc, const float *w, size_t width, const struct sq_span *span,
                              size_t n_rows, size_t n_spans, int from_zero,
                              const struct sq_ahead *ahead)
{
    (void)ahead; /* no sum depends on it */
    accumulate_plain(acc, w, width, span, n_rows, n_spans, from_zero);
}
