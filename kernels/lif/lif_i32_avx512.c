#include <immintrin.h>
#include <stdint.h>

#define LIF_CURRENT    int32_t
#define LIF_LANES      16
#define LIF_LOAD(acc)  (*(const vec *)(acc))
#define LIF_BITS(mask) _mm512_movepi32_mask((__m512i)(mask))
#include "kernels/lif/lif_rows.h"

void sq_lif_i32_avx512(uint64_t *word, size_t word_stride, int32_t *v, const int32_t *acc,
                       size_t acc_stride, const struct sq_lif_fixed *fixed, size_t width,
                       size_t n_rows)
{
    lif_rows(word, word_stride, v, acc, acc_stride, fixed, width, n_rows);
}
