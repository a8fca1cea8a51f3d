#include "kernels/base/neon.h"

#define LIF_CURRENT    int16_t
#define LIF_LANES      4
#define LIF_LOAD(acc)  vmovl_s16(vld1_s16(acc))
#define LIF_BITS(mask) sq_bits_of((uint32x4_t)(mask))
#include "kernels/lif/lif_rows.h"

void sq_lif_i16_neon(uint64_t *word, size_t word_stride, int32_t *v, const int16_t *acc,
                     size_t acc_stride, const struct sq_lif_fixed *fixed, size_t width,
                     size_t n_rows)
{
    lif_rows(word, word_stride, v, acc, acc_stride, fixed, width, n_rows);
}
