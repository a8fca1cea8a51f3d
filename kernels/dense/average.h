/* Average pooling of reals. It divides, so it stands apart from what only adds (kernels/real). */
#ifndef SQ_AVERAGE_H
#define SQ_AVERAGE_H

#include "kernels/base/rounding.h"

#include <stddef.h>
#include <stdint.h>

/* out[y][x] = mean of the pixels of in at (stride * y, stride * x) .. + kernel - 1: their sum in row-major
 * order, then divided by kernel * kernel; each step is rounded, as by PyTorch's AvgPool2d without padding.
 *   in       [height][width][row] floats
 *   out      [(height - kernel) / stride + 1][likewise of width][row]; does not overlap in
 *   kernel   at least 1, at most height and width; stride at least 1
 * Cost: kernel * kernel - 1 additions and a division an element of out. Cannot fail, allocates nothing. */
void sq_average(float *out, const float *in, uint32_t height, uint32_t width, size_t row,
                uint32_t kernel, uint32_t stride);

/* The same in fixed point, of windows of 2^shift pixels: their sum, shifted once (kernels/base/rounding.h). No
 * sum overflows. */
void sq_average_i32(int32_t *out, const int32_t *in, uint32_t height, uint32_t width, size_t row,
                    uint32_t kernel, uint32_t stride, uint32_t shift, enum sq_rounding rounding);

#endif
