/* Two vectors of 8 integers a row; a load widens the weights. */
#include <immintrin.h>
#include <stdint.h>

#define ACCUMULATE_WEIGHT  int16_t
#define ACCUMULATE_SUM     int32_t
#define ACCUMULATE_COLUMNS SQ_LANES
#define ACCUMULATE_LANES   8
#define WIDEN(row)         _mm256_cvtepi16_epi32(_mm_load_si128((const __m128i *)(row)))
#include "kernels/accumulate/accumulate_rows.h"

void sq_accumulate_i16_avx2(int32_t *acc, size_t width, const int16_t *w,
                            const struct sq_quads *quads, enum sq_sums_from from)
{
    accumulate_quads(acc, width, w, quads, from, &SQ_NOTHING_AHEAD);
}
