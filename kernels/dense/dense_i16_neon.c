#include <arm_neon.h>
#include <stdint.h>

#define DENSE_IN    int16_t
#define DENSE_SUM   int32_t
#define DENSE_LANES 4
#define WIDEN(row)  vmovl_s16(vld1_s16(row))
#include "kernels/dense/dense_rows.h"

void sq_dense_i16_neon(int32_t *acc, const int16_t *w, size_t width,
                       const struct sq_dense_span *span, size_t n_rows, size_t n_spans)
{
    dense_block(acc, w, width, span, n_rows, n_spans);
}
