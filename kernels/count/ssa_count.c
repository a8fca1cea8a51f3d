#include "kernels/count/ssa_count.h"

#include "kernels/base/bits.h"

/* Columns of q, k and v; two counts a token; one count a channel, in whole vectors. */
size_t sq_ssa_count_scratch_bytes(const struct sq_attend_shape *shape)
{
    const size_t n_tokens = 64 * sq_words_for(shape->n_tokens);
    return (3 * n_tokens * shape->n_words + 2 * n_tokens + 64 * (size_t)shape->n_words) *
           sizeof(uint64_t);
}
