#include <immintrin.h>
#include <stdint.h>

#define MASKED_WEIGHT int16_t
#define MASKED_SUM    int32_t
#define MASKED_LANES  16
#define MASKED_ADD(sum, row, word, i)                                                             \
    (vec)                                                                                         \
        _mm512_mask_add_epi32((__m512i)(sum), (__mmask16)(*(word) >> ((i) << 4)), (__m512i)(sum), \
                              _mm512_cvtepi16_epi32(_mm256_load_si256((const __m256i *)(row))))
#include "kernels/masked/masked_rows.h"

void sq_masked_i16_avx512(int32_t *acc, const int16_t *w, size_t width, const uint64_t *word,
                          size_t n_rows, size_t n_taps, int twice)
{
    masked_block(acc, w, width, word, n_rows, n_taps, twice);
}
