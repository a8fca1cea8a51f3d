#include <immintrin.h>
#include <stdint.h>

#define MASKED_WEIGHT int8_t
#define MASKED_SUM    int16_t
#define MASKED_LANES  16
#define MASKED_ADD(sum, row, word, i)                                                             \
    (vec)                                                                                         \
        _mm256_mask_add_epi16((__m256i)(sum), (__mmask16)(*(word) >> ((i) << 4)), (__m256i)(sum), \
                              _mm256_cvtepi8_epi16(_mm_load_si128((const __m128i *)(row))))
#include "kernels/masked/masked_rows.h"

void sq_masked_i8_avx512(int16_t *acc, const int8_t *w, size_t width, const uint64_t *word,
                         size_t n_rows, size_t n_taps, int twice)
{
    masked_block(acc, w, width, word, n_rows, n_taps, twice);
}
