#include "kernels/count/ssa_count.h"

#include "kernels/base/bits.h"

/* Columns of q, k and v; one count a token. Vectors of channels may reach behind the last column.
 */
size_t sq_ssa_count_scratch_bytes(const struct sq_attend_shape *shape)
{
    const size_t n_tokens = 64 * sq_words_for(shape->n_tokens);
    return (3 * n_tokens * shape->n_words + n_tokens) * sizeof(uint64_t);
}
