#define DENSE_IN  float
#define DENSE_SUM float
#include "kernels/dense/dense_plain.h"

void sq_dense_f32_scalar(float *acc, const float *w, size_t width, const struct sq_dense_span *span,
                         size_t n_rows, size_t n_spans)
{
    dense_plain(acc, w, width, span, n_rows, n_spans);
}
