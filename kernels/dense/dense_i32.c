#include "kernels/dense/dense.h"

static inline void dense_run(int64_t *acc, const int16_t *w, size_t width,
                             const struct sq_dense_span *span)
{
    const int32_t *x = span->x;
    w += span->first * width;
    for (uint32_t i = 0; i < span->n_in; i++, w += width)
        for (size_t j = 0; j < width; j++)
            acc[j] += (int64_t)x[i] * w[j];
}

void sq_dense_i32(int64_t *acc, const int16_t *w, size_t width, const struct sq_dense_span *span,
                  size_t n_rows, size_t n_spans)
{
    for (; n_rows > 0; n_rows--, acc += width)
        for (size_t k = 0; k < n_spans; k++)
            dense_run(acc, w, width, span++);
}
