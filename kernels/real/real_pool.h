/* Max pooling of reals. */
#ifndef SQ_REAL_POOL_H
#define SQ_REAL_POOL_H

#include "kernels/real/real.h"

/* out[y][x] = maximum of the pixels of in that a window of kernel x kernel at (stride * y - padding,
 * stride * x - padding) covers; pixels outside the image do not exist, as if they were minus
 * infinity. Of several zeros the first in row-major order stays.
 *   in        [height][width][row] floats, 64-byte aligned; row a multiple of 16
 *   out       [(height + 2 * padding - kernel) / stride + 1][likewise of width][row], likewise
 *             aligned; does not overlap in
 *   kernel    at least 1, at most the padded image; stride at least 1; padding < kernel
 *   max       called on whole pixels
 * Cost: at most kernel * kernel maxima an element of out. Cannot fail, allocates nothing. */
void sq_real_pool(float *out, const float *in, uint32_t height, uint32_t width, size_t row,
                  uint32_t kernel, uint32_t stride, uint32_t padding, sq_real_max_f32_fn *max);

/* The same in fixed point. */
void sq_real_pool_i32(int32_t *out, const int32_t *in, uint32_t height, uint32_t width, size_t row,
                      uint32_t kernel, uint32_t stride, uint32_t padding, sq_real_max_i32_fn *max);

#endif
