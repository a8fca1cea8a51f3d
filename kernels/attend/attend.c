#include "kernels/attend/attend.h"
#include "kernels/attend/attend_scratch.h"

enum sq_attend_order sq_attend_choose(const struct sq_attend_shape *shape)
{
    return shape->n_tokens >= (shape->head_dim + 3) / 4 ? SQ_ATTEND_KV_FIRST : SQ_ATTEND_QK_FIRST;
}

size_t sq_attend_scratch_bytes(const struct sq_attend_shape *shape)
{
    const size_t n_words = 3 * (size_t)shape->n_tokens * sq_words_for(shape->head_dim);
    const size_t bytes = sq_attend_counts_bytes(shape) + n_words * sizeof(uint64_t);
    return (bytes + 63) & ~(size_t)63;
}
