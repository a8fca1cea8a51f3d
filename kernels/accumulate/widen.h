/* The bodies of every variant of sq_widen_i8 and sq_add_tile; each file's flags decide the instructions. */
#ifndef SQ_WIDEN_H
#define SQ_WIDEN_H

#include "kernels/accumulate/accumulate.h"

/* Columns of a strip, n_rows rows. */
static inline void widen_strip(int16_t *restrict tile, const int8_t *restrict w, size_t n_rows)
{
    for (size_t i = 0; i < n_rows; i++)
        for (size_t j = 0; j < SQ_LANES; j++)
            tile[i * SQ_TILE_COLUMNS + j] = w[i * SQ_LANES + j];
}

static inline void widen(int16_t *restrict tile, const int8_t *restrict w,
                         const int8_t *restrict other, size_t n_rows)
{
    widen_strip(tile, w, n_rows);
    if (other != NULL)
        widen_strip(tile + SQ_LANES, other, n_rows);
    for (size_t i = 0; other == NULL && i < n_rows; i++)
        for (size_t j = SQ_LANES; j < SQ_TILE_COLUMNS; j++)
            tile[i * SQ_TILE_COLUMNS + j] = 0;
}

static inline void add_tile(int32_t *restrict acc, const int16_t *restrict part, size_t n,
                            enum sq_sums_from from)
{
    if (from == SQ_FROM_ZERO)
        for (size_t i = 0; i < n; i++)
            acc[i] = part[i];
    else if (from == SQ_FROM_TWICE)
        for (size_t i = 0; i < n; i++)
            acc[i] = acc[i] + acc[i] + part[i];
    else
        for (size_t i = 0; i < n; i++)
            acc[i] += part[i];
}

#endif
