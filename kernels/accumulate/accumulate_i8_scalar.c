#include <stdint.h>

#define ACCUMULATE_WEIGHT  int8_t
#define ACCUMULATE_SUM     int16_t
#define ACCUMULATE_COLUMNS SQ_LANES
#include "kernels/accumulate/accumulate_plain.h"

void sq_accumulate_i8_scalar(int16_t *acc, size_t width, const int8_t *w,
                             const struct sq_quads *quads, enum sq_sums_from from)
{
    accumulate_plain(acc, width, w, quads, from);
}
