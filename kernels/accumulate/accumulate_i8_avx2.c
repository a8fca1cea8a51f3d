/* Four accumulators of 16 integers; a load widens the weights. */
#include <immintrin.h>
#include <stdint.h>

#define ACCUMULATE_WEIGHT int8_t
#define ACCUMULATE_SUM    int16_t
#define ACCUMULATE_LANES  16
#define WIDEN(row)        _mm256_cvtepi8_epi16(_mm_load_si128((const __m128i *)(row)))
#include "kernels/accumulate/accumulate_rows.h"

void sq_accumulate_i8_avx2(int16_t *acc, const int8_t *w, size_t width, const struct sq_span *span,
                           size_t n_rows, size_t n_spans, int from_zero)
{
    accumulate_block(acc, w, width, span, n_rows, n_spans, from_zero, &SQ_NOTHING_AHEAD);
}
