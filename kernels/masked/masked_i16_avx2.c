#include <immintrin.h>
#include <stdint.h>

#define MASKED_WEIGHT int16_t
#define MASKED_SUM    int32_t
#define MASKED_LANE   int32_t
#define MASKED_LANES  8
#define WIDEN(row)    _mm256_cvtepi16_epi32(_mm_load_si128((const __m128i *)(row)))
#include "kernels/masked/masked_rows.h"

void sq_masked_i16_avx2(int32_t *acc, const int16_t *w, size_t width, const uint64_t *word,
                        size_t n_rows, size_t n_taps, int twice)
{
    masked_block(acc, w, width, word, n_rows, n_taps, twice);
}
