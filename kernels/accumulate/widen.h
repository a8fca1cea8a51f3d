/* The body of every variant of sq_widen_i8; each file's flags decide the instructions. */
#ifndef SQ_WIDEN_H
#define SQ_WIDEN_H

#include "kernels/accumulate/accumulate.h"

static inline void widen(int16_t *restrict out, const int8_t *restrict w, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = w[i];
}

#endif
