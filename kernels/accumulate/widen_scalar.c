#include "kernels/accumulate/widen.h"

void sq_widen_i8_scalar(int16_t *tile, const int8_t *w, const int8_t *other, size_t n_rows)
{
    widen(tile, w, other, n_rows);
}

void sq_add_tile_scalar(int32_t *acc, const int16_t *part, size_t n, enum sq_sums_from from)
{
    add_tile(acc, part, n, from);
}
