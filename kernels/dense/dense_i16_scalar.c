#define DENSE_IN  int16_t
#define DENSE_SUM int32_t
#include "kernels/dense/dense_plain.h"

void sq_dense_i16_scalar(int32_t *acc, const int16_t *w, size_t width,
                         const struct sq_dense_span *span, size_t n_rows, size_t n_spans)
{
    dense_plain(acc, w, width, span, n_rows, n_spans);
}
