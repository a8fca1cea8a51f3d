#define ACCUMULATE_WEIGHT  float
#define ACCUMULATE_SUM     float
#define ACCUMULATE_COLUMNS SQ_LANES
#include "kernels/accumulate/accumulate_plain.h"

void sq_accumulate_f32_scalar(float *acc, size_t width, const float *w,
                              const struct sq_quads *quads, enum sq_sums_from from,
                              const struct sq_ahead *ahead)
{
    (void)ahead; /* no sum depends on it */
    accumulate_plain(acc, width, w, quads, from);
}
