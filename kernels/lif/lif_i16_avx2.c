#include <immintrin.h>
#include <stdint.h>

#define LIF_CURRENT    int16_t
#define LIF_LANES      8
#define LIF_LOAD(acc)  _mm256_cvtepi16_epi32(_mm_load_si128((const __m128i *)(acc)))
#define LIF_BITS(mask) (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps((__m256i)(mask)))
#include "kernels/lif/lif_rows.h"

void sq_lif_i16_avx2(uint64_t *word, size_t word_stride, int32_t *v, const int16_t *acc,
                     size_t acc_stride, const struct sq_lif_fixed *fixed, size_t width,
                     size_t n_rows)
{
    lif_rows(word, word_stride, v, acc, acc_stride, fixed, width, n_rows);
}
