#define DENSE_IN  float
#define DENSE_SUM float
#include "kernels/dense/dense_plain.h"

void sq_dense_f32_scalar(float *acc, const float *w, size_t width, const struct sq_dense_run *run,
                         size_t n_rows, size_t n_runs)
{
    dense_plain(acc, w, width, run, n_rows, n_runs);
}
