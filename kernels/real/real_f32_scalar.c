#include "kernels/real/real.h"

static inline void current_row(float *restrict out, const float *restrict acc,
                               const float *restrict bias, size_t width)
{
    for (size_t j = 0; j < width; j++)
        out[j] = acc[j] + bias[j];
}

static inline void sum_row(double *restrict sum, const float *restrict in, size_t width)
{
    for (size_t j = 0; j < width; j++)
        sum[j] += (double)in[j];
}

void sq_real_current_f32_scalar(float *out, const float *acc, size_t acc_stride, const float *bias,
                                size_t width, size_t n_rows)
{
    for (; n_rows > 0; n_rows--, out += width, acc += acc_stride)
        current_row(out, acc, bias, width);
}

void sq_real_add_f32_scalar(float *out, const float *a, const float *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = a[i] + b[i];
}

void sq_real_max_f32_scalar(float *out, const float *a, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = a[i] > out[i] ? a[i] : out[i];
}

void sq_real_sum_f32_scalar(double *sum, const float *in, size_t width, size_t n_rows)
{
    for (; n_rows > 0; n_rows--, in += width)
        sum_row(sum, in, width);
}
