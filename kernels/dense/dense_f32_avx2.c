#define DENSE_IN    float
#define DENSE_SUM   float
#define DENSE_LANES 8
#define WIDEN(row)  (*(const vec *)(row))
#include "kernels/dense/dense_rows.h"

void sq_dense_f32_avx2(float *acc, const float *w, size_t width, const struct sq_dense_span *span,
                       size_t n_rows, size_t n_spans)
{
    dense_block(acc, w, width, span, n_rows, n_spans);
}
