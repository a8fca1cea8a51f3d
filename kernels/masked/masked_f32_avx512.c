#include <immintrin.h>
#include <stdint.h>

#define MASKED_WEIGHT float
#define MASKED_SUM    float
#define MASKED_LANES  16
#define MASKED_ADD(sum, row, word, i)                                                          \
    (vec) _mm512_mask_add_ps((__m512)(sum), (__mmask16)(*(word) >> ((i) << 4)), (__m512)(sum), \
                             _mm512_load_ps(row))
#include "kernels/masked/masked_rows.h"

void sq_masked_f32_avx512(float *acc, const float *w, size_t width, const uint64_t *word,
                          size_t n_rows, size_t n_taps, int twice)
{
    masked_block(acc, w, width, word, n_rows, n_taps, twice);
}
