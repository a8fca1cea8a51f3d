#include "kernels/accumulate/widen.h"

void sq_widen_i8_scalar(int16_t *out, const int8_t *w, size_t n)
{
    widen(out, w, n);
}

void sq_add_tile_scalar(int32_t *acc, const int16_t *part, size_t n, enum sq_tile_place place)
{
    add_tile(acc, part, n, place);
}
