/* One vector of 16 integers a row; a load widens the weights. */
#include <immintrin.h>
#include <stdint.h>

#define ACCUMULATE_WEIGHT  int16_t
#define ACCUMULATE_SUM     int32_t
#define ACCUMULATE_COLUMNS SQ_LANES
#define ACCUMULATE_LANES   16
#define WIDEN(row)         _mm512_cvtepi16_epi32(_mm256_load_si256((const __m256i *)(row)))
#include "kernels/accumulate/accumulate_rows.h"

void sq_accumulate_i16_avx512(int32_t *acc, size_t width, const int16_t *w,
                              const struct sq_quads *quads, enum sq_sums_from from)
{
    accumulate_quads(acc, width, w, quads, from, &SQ_NOTHING_AHEAD);
}
