/* Four lanes: what every processor of today has, and plain integers where it has not. */
#include <stdint.h>

#define ATTEND_LANES 4

/* Sums of 2, 4, 8 ... neighbouring bits. The builtin may end in a multiplication here. */
static inline int32_t ones_of(uint64_t word)
{
    word -= word >> 1 & 0x5555555555555555u;
    word = (word & 0x3333333333333333u) + (word >> 2 & 0x3333333333333333u);
    word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    word += word >> 8;
    word += word >> 16;
    word += word >> 32;
    return (int32_t)(word & 0x7f);
}

#include "kernels/attend/attend_head.h"

void sq_attend_scalar(float *y, size_t y_stride, const uint64_t *q, const uint64_t *k,
                      const uint64_t *v, const struct sq_attend_shape *shape,
                      enum sq_attend_order order, void *scratch)
{
    attend(y, y_stride, q, k, v, shape, order, scratch);
}
