/* The bodies of every variant of sq_widen_i8 and sq_add_tile; each file's flags decide the instructions. */
#ifndef SQ_WIDEN_H
#define SQ_WIDEN_H

#include "kernels/accumulate/accumulate.h"

static inline void widen(int16_t *restrict out, const int8_t *restrict w, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = w[i];
}

static inline void add_tile(int32_t *restrict acc, const int16_t *restrict part, size_t n,
                            enum sq_tile_place place)
{
    if (place == SQ_TILE_FIRST)
        for (size_t i = 0; i < n; i++)
            acc[i] = part[i];
    else if (place == SQ_TILE_OF_NEXT_PLANE)
        for (size_t i = 0; i < n; i++)
            acc[i] = acc[i] + acc[i] + part[i];
    else
        for (size_t i = 0; i < n; i++)
            acc[i] += part[i];
}

#endif
