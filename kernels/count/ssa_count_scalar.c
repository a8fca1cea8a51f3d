#include "kernels/base/bits.h"
#include <stdint.h>

enum { COUNT_LANES = 2 };

typedef uint64_t words __attribute__((vector_size(COUNT_LANES * 8)));

static inline words ones_of(words x)
{
    for (size_t i = 0; i < COUNT_LANES; i++)
        x[i] = sq_ones(x[i]);
    return x;
}

static inline words join(words x, uint64_t bits, uint64_t set)
{
    const words lane = {1, 2};
    return x | ((words)((bits & lane) != 0) & set);
}

#include "kernels/count/ssa_count_head.h"

void sq_ssa_count_scalar(struct sq_ssa_count *count, const uint64_t *q, const uint64_t *k,
                         const uint64_t *v, const struct sq_attend_shape *shape,
                         unsigned unit_shift, void *scratch)
{
    count_ssa(count, q, k, v, shape, unit_shift, scratch);
}
