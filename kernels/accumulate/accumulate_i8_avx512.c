/* One vector of 16 integers a row, as in AVX2; a load widens the weights. */
#include <immintrin.h>
#include <stdint.h>

#define ACCUMULATE_WEIGHT  int8_t
#define ACCUMULATE_SUM     int16_t
#define ACCUMULATE_COLUMNS SQ_LANES
#define ACCUMULATE_LANES   16
#define WIDEN(row)         _mm256_cvtepi8_epi16(_mm_load_si128((const __m128i *)(row)))
#include "kernels/accumulate/accumulate_rows.h"

void sq_accumulate_i8_avx512(int16_t *acc, size_t width, const int8_t *w,
                             const struct sq_quads *quads, enum sq_sums_from from)
{
    accumulate_quads(acc, width, w, quads, from, &SQ_NOTHING_AHEAD);
}
