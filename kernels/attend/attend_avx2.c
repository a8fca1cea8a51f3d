#include <immintrin.h>
#include <stdint.h>

#define ATTEND_LANES 8

static inline int32_t ones_of(uint64_t word)
{
    return (int32_t)_mm_popcnt_u64(word);
}

#include "kernels/attend/attend_head.h"

void sq_attend_avx2(float *y, size_t y_stride, const uint64_t *q, const uint64_t *k,
                    const uint64_t *v, const struct sq_attend_shape *shape,
                    enum sq_attend_order order, void *scratch)
{
    attend(y, 0, y_stride, q, k, v, shape, order, scratch);
}

void sq_attend_i32_avx2(int32_t *y, size_t y_stride, const uint64_t *q, const uint64_t *k,
                        const uint64_t *v, const struct sq_attend_shape *shape,
                        enum sq_attend_order order, void *scratch)
{
    attend(y, 1, y_stride, q, k, v, shape, order, scratch);
}
