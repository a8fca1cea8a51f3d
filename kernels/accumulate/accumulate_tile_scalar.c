#include <stdint.h>

#define ACCUMULATE_WEIGHT  int16_t
#define ACCUMULATE_SUM     int16_t
#define ACCUMULATE_COLUMNS SQ_TILE_COLUMNS
#include "kernels/accumulate/accumulate_plain.h"

void sq_accumulate_tile_scalar(int16_t *acc, size_t width, const int16_t *tile,
                               const struct sq_quads *quads, enum sq_sums_from from)
{
    accumulate_plain(acc, width, tile, quads, from);
}
