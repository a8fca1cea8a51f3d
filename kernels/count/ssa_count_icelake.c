#include "kernels/count/words_icelake.h"

#include "kernels/count/ssa_count_head.h"

void sq_ssa_count_icelake(struct sq_ssa_count *count, const uint64_t *q, const uint64_t *k,
                          const uint64_t *v, const struct sq_attend_shape *shape,
                          unsigned unit_shift, void *scratch)
{
    count_ssa(count, q, k, v, shape, unit_shift, scratch);
}
