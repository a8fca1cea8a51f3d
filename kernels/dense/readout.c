#include "kernels/dense/dense.h"

enum { MAX_WIDTH = 64 };

void sq_readout(float *out, const float *w, size_t width, const float *x, size_t n_in,
                const float *bias)
{
    double sum[MAX_WIDTH] = {0};
    for (size_t i = 0; i < n_in; i++, w += width)
        for (size_t j = 0; j < width; j++)
            sum[j] += (double)x[i] * (double)w[j];
    for (size_t j = 0; j < width; j++)
        out[j] = (float)(sum[j] + (double)bias[j]);
}
