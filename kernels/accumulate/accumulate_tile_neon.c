/* Four vectors of 8 integers a row. */
#include <stdint.h>

#define ACCUMULATE_WEIGHT  int16_t
#define ACCUMULATE_SUM     int16_t
#define ACCUMULATE_COLUMNS SQ_TILE_COLUMNS
#define ACCUMULATE_LANES   8
#define WIDEN(row)         (*(const vec *)(row))
#include "kernels/accumulate/accumulate_rows.h"

void sq_accumulate_tile_neon(int16_t *acc, size_t width, const int16_t *tile,
                             const struct sq_quads *quads, enum sq_sums_from from)
{
    accumulate_quads(acc, width, tile, quads, from, &SQ_NOTHING_AHEAD);
}
