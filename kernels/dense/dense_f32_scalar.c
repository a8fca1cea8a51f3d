#include "kernels/dense/dense.h"

/* Product and sum are two roundings: -ffp-contract=off keeps the compiler from fusing them. */
static void dense_run(float *acc, const float *w, size_t width, const struct sq_dense_run *run)
{
    w += run->first * width;
    for (uint32_t i = 0; i < run->n_in; i++, w += width)
        for (size_t j = 0; j < width; j++)
            acc[j] += run->x[i] * w[j];
}

void sq_dense_f32_scalar(float *acc, const float *w, size_t width, const struct sq_dense_run *run,
                         size_t n_rows, size_t n_runs)
{
    for (; n_rows > 0; n_rows--, acc += width)
        for (size_t k = 0; k < n_runs; k++)
            dense_run(acc, w, width, run++);
}
