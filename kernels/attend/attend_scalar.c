/* Four lanes: vectors that every current processor has, plain integers elsewhere. */
#include "kernels/base/bits.h"

#include <stdint.h>

#define ATTEND_LANES 4

/* Not the builtin, which may end in a multiplication here. */
static inline int32_t ones_of(uint64_t word)
{
    return (int32_t)sq_ones(word);
}

#include "kernels/attend/attend_head.h"

void sq_attend_scalar(float *y, size_t y_stride, const uint64_t *q, const uint64_t *k,
                      const uint64_t *v, const struct sq_attend_shape *shape,
                      enum sq_attend_order order, void *scratch)
{
    attend(y, 0, y_stride, q, k, v, shape, order, scratch);
}

void sq_attend_i32_scalar(int32_t *y, size_t y_stride, const uint64_t *q, const uint64_t *k,
                          const uint64_t *v, const struct sq_attend_shape *shape,
                          enum sq_attend_order order, void *scratch)
{
    attend(y, 1, y_stride, q, k, v, shape, order, scratch);
}
