#include "kernels/dense/average.h"

#include <string.h>

static void add_pixel(float *restrict out, const float *restrict pixel, size_t row)
{
    for (size_t c = 0; c < row; c++)
        out[c] += pixel[c];
}

/* The window whose first pixel is `first`; a line of the image is `line` floats. */
static void average(float *out, const float *first, size_t line, size_t row, uint32_t kernel)
{
    const float n = (float)(kernel * kernel);
    memcpy(out, first, row * sizeof *out);
    for (uint32_t i = 1; i < kernel * kernel; i++)
        add_pixel(out, first + i / kernel * line + i % kernel * row, row);
    for (size_t c = 0; c < row; c++)
        out[c] /= n;
}

void sq_average(float *out, const float *in, uint32_t height, uint32_t width, size_t row,
                uint32_t kernel, uint32_t stride)
{
    const size_t line = width * row;
    for (uint32_t y = 0; y + kernel <= height; y += stride)
        for (uint32_t x = 0; x + kernel <= width; x += stride, out += row)
            average(out, in + y * line + x * row, line, row, kernel);
}

static void average_i32(int32_t *out, const int32_t *first, size_t line, size_t row,
                        uint32_t kernel, uint32_t shift, enum sq_rounding rounding)
{
    for (size_t c = 0; c < row; c++) {
        int64_t sum = 0;
        for (uint32_t i = 0; i < kernel * kernel; i++)
            sum += first[i / kernel * line + i % kernel * row + c];
        out[c] = (int32_t)sq_shift_rounded(sum, shift, rounding);
    }
}

void sq_average_i32(int32_t *out, const int32_t *in, uint32_t height, uint32_t width, size_t row,
                    uint32_t kernel, uint32_t stride, uint32_t shift, enum sq_rounding rounding)
{
    const size_t line = width * row;
    for (uint32_t y = 0; y + kernel <= height; y += stride)
        for (uint32_t x = 0; x + kernel <= width; x += stride, out += row)
            average_i32(out, in + y * line + x * row, line, row, kernel, shift, rounding);
}
