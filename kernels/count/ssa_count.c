#include "kernels/count/ssa_count.h"

#include "kernels/base/bits.h"

size_t sq_ssa_count_scratch_bytes(const struct sq_attend_shape *shape)
{
    const size_t n_words = sq_words_for(shape->head_dim);
    const size_t bytes =
        (3 * (size_t)shape->n_tokens + shape->head_dim) * n_words * sizeof(uint64_t) +
        3 * (size_t)shape->head_dim * sizeof(uint32_t);
    return (bytes + 63) & ~(size_t)63;
}
