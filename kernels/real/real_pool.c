#include "kernels/real/real_pool.h"

#include "kernels/base/pooling.h"

static inline void max_f32(void *out, const void *cell, size_t n, const void *data)
{
    (*(sq_real_max_f32_fn *const *)data)(out, cell, n / sizeof(float));
}

static inline void max_i32(void *out, const void *cell, size_t n, const void *data)
{
    (*(sq_real_max_i32_fn *const *)data)(out, cell, n / sizeof(int32_t));
}

void sq_real_pool(float *out, const float *in, uint32_t height, uint32_t width, size_t row,
                  uint32_t kernel, uint32_t stride, uint32_t padding, sq_real_max_f32_fn *max)
{
    const struct sq_pooling pool = {kernel, stride, padding};
    sq_pool_image(out, in, height, width, row * sizeof *in, &pool, max_f32, &max);
}

void sq_real_pool_i32(int32_t *out, const int32_t *in, uint32_t height, uint32_t width, size_t row,
                      uint32_t kernel, uint32_t stride, uint32_t padding, sq_real_max_i32_fn *max)
{
    const struct sq_pooling pool = {kernel, stride, padding};
    sq_pool_image(out, in, height, width, row * sizeof *in, &pool, max_i32, &max);
}
