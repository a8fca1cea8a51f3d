#include <stdint.h>

#define ACCUMULATE_WEIGHT int16_t
#define ACCUMULATE_SUM    int16_t
#include "kernels/accumulate/accumulate_plain.h"

void sq_accumulate_tile_scalar(int16_t *acc, const int16_t *w, size_t width,
                               const struct sq_span *span, size_t n_rows, size_t n_spans,
                               int from_zero)
{
    accumulate_plain(acc, w, width, span, n_rows, n_spans, from_zero);
}
