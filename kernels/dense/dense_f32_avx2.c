#define DENSE_IN    float
#define DENSE_SUM   float
#define DENSE_LANES 8
#define WIDEN(row)  (*(const vec *)(row))
#include "kernels/dense/dense_rows.h"

void sq_dense_f32_avx2(float *acc, const float *w, size_t width, const struct sq_dense_run *run,
                       size_t n_rows, size_t n_runs)
{
    dense_block(acc, w, width, run, n_rows, n_runs);
}
