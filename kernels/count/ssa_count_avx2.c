#include "kernels/count/words_avx2.h"

#include "kernels/count/ssa_count_head.h"

void sq_ssa_count_avx2(struct sq_ssa_count *count, const uint64_t *q, const uint64_t *k,
                       const uint64_t *v, const struct sq_attend_shape *shape, unsigned unit_shift,
                       void *scratch)
{
    count_ssa(count, q, k, v, shape, unit_shift, scratch);
}
