#include "kernels/real/real.h"

/* C leaves left shifts of negative numbers undefined: through unsigned. */
#define CURRENT_ROW(name, type)                                                         \
    static inline void name(int32_t *restrict out, const type *restrict acc,            \
                            const int32_t *restrict bias, uint32_t shift, size_t width) \
    {                                                                                   \
        for (size_t j = 0; j < width; j++)                                              \
            out[j] = (int32_t)((uint32_t)(int32_t)acc[j] << shift) + bias[j];           \
    }

CURRENT_ROW(current_row_i16, int16_t)
CURRENT_ROW(current_row_i32, int32_t)

void sq_real_current_i16_scalar(int32_t *out, const int16_t *acc, size_t acc_stride,
                                const int32_t *bias, uint32_t shift, size_t width, size_t n_rows)
{
    for (; n_rows > 0; n_rows--, out += width, acc += acc_stride)
        current_row_i16(out, acc, bias, shift, width);
}

void sq_real_current_i32_scalar(int32_t *out, const int32_t *acc, size_t acc_stride,
                                const int32_t *bias, uint32_t shift, size_t width, size_t n_rows)
{
    for (; n_rows > 0; n_rows--, out += width, acc += acc_stride)
        current_row_i32(out, acc, bias, shift, width);
}

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
