#define LIF_CURRENT int32_t
#include "kernels/lif/lif_plain.h"

void sq_lif_i32_scalar(uint64_t *word, size_t word_stride, int32_t *v, const int32_t *acc,
                       size_t acc_stride, const struct sq_lif_fixed *fixed, size_t width,
                       size_t n_rows)
{
    lif_plain(word, word_stride, v, acc, acc_stride, fixed, width, n_rows);
}
