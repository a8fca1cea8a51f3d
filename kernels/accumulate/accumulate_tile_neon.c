/* Eight accumulators of 8 integers. */
#include <stdint.h>

#define ACCUMULATE_WEIGHT int16_t
#define ACCUMULATE_SUM    int16_t
#define ACCUMULATE_LANES  8
#define WIDEN(row)        (*(const vec *)(row))
#include "kernels/accumulate/accumulate_rows.h"

void sq_accumulate_tile_neon(int16_t *acc, const int16_t *w, size_t width,
                             const struct sq_span *span, size_t n_rows, size_t n_spans,
                             int from_zero)
{
    accumulate_block(acc, w, width, span, n_rows, n_spans, from_zero, &SQ_NOTHING_AHEAD);
}
