#define ACCUMULATE_WEIGHT int8_t
#define ACCUMULATE_SUM    int16_t
#include "kernels/accumulate/accumulate_plain.h"

void sq_accumulate_i8_scalar(int16_t *acc, const int8_t *w, size_t width,
                             const struct sq_span *span, size_t n_rows, size_t n_spans,
                             int from_zero)
{
    accumulate_plain(acc, w, width, span, n_rows, n_spans, from_zero);
}
