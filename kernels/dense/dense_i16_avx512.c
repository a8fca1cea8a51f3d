#include <immintrin.h>
#include <stdint.h>

#define DENSE_IN    int16_t
#define DENSE_SUM   int32_t
#define DENSE_LANES 16
#define WIDEN(row)  _mm512_cvtepi16_epi32(_mm256_load_si256((const __m256i *)(row)))
#include "kernels/dense/dense_rows.h"

void sq_dense_i16_avx512(int32_t *acc, const int16_t *w, size_t width,
                         const struct sq_dense_span *span, size_t n_rows, size_t n_spans)
{
    dense_block(acc, w, width, span, n_rows, n_spans);
}
