#include "kernels/real/real.h"

/* C leaves left shifts of negative numbers undefined: through unsigned. */
static inline int32_t align_one(int64_t current, const struct sq_real_align *align, size_t j)
{
    const uint32_t right = (uint32_t)align->right[j];
    const int64_t x = (int64_t)((uint64_t)current << align->left[j]);
    return (int32_t)sq_shift_rounded(x, right, align->odd[j] ? SQ_ROUND_NEAREST : SQ_ROUND_DOWN) +
           align->bias[j];
}

void sq_real_current_i64(int32_t *out, const int64_t *acc, size_t acc_stride,
                         const struct sq_real_align *align, size_t width, size_t n_rows)
{
    for (; n_rows > 0; n_rows--, out += width, acc += acc_stride)
        for (size_t j = 0; j < width; j++)
            out[j] = align_one(acc[j], align, j);
}
