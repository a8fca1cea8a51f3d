#include "kernels/real/real.h"

/* C leaves left shifts of negative numbers undefined: through unsigned. */
static inline int32_t align_one(int32_t current, const struct sq_real_align *align, size_t j)
{
    const int32_t x = (int32_t)((uint32_t)current << align->left[j]);
    const int32_t up = align->half[j] + (x >> align->right[j] & align->odd[j]);
    return ((x + up) >> align->right[j]) + align->bias[j];
}

#define CURRENT_ROWS(name, type)                                                                   \
    void name(int32_t *out, const type *acc, size_t acc_stride, const struct sq_real_align *align, \
              size_t width, size_t n_rows)                                                         \
    {                                                                                              \
        for (; n_rows > 0; n_rows--, out += width, acc += acc_stride)                              \
            for (size_t j = 0; j < width; j++)                                                     \
                out[j] = align_one(acc[j], align, j);                                              \
    }

CURRENT_ROWS(sq_real_current_i16_scalar, int16_t)
CURRENT_ROWS(sq_real_current_i32_scalar, int32_t)

void sq_real_add_i32_scalar(int32_t *out, const int32_t *a, const int32_t *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = a[i] + b[i];
}

void sq_real_max_i32_scalar(int32_t *out, const int32_t *a, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = a[i] > out[i] ? a[i] : out[i];
}

void sq_real_sum_i32_scalar(int64_t *sum, const int32_t *in, size_t width, size_t n_rows)
{
    for (; n_rows > 0; n_rows--, in += width)
        for (size_t j = 0; j < width; j++)
            sum[j] += in[j];
}
