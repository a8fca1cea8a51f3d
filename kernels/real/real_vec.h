/* The vectors of the kernels of real.h, and what float32 and integers share.
 *
 * The includer defines
 *   REAL_VALUE   float or int32_t
 *   REAL_LANES   values of one vector: 4, 8 or 16
 * Lanes are elements, so the bits cannot depend on it. */
#ifndef SQ_REAL_VEC_H
#define SQ_REAL_VEC_H

#include "kernels/base/block.h"
#include "kernels/real/real.h"

typedef REAL_VALUE vec __attribute__((vector_size(REAL_LANES * sizeof(REAL_VALUE)), may_alias));
typedef int32_t lanes __attribute__((vector_size(REAL_LANES * sizeof(int32_t)), may_alias));

SQ_ALWAYS_INLINE void add_values(REAL_VALUE *out, const REAL_VALUE *a, const REAL_VALUE *b,
                                 size_t n)
{
    for (const REAL_VALUE *end = a + n; a < end;
         out += REAL_LANES, a += REAL_LANES, b += REAL_LANES)
        *(vec *)out = *(const vec *)a + *(const vec *)b;
}

SQ_ALWAYS_INLINE void max_values(REAL_VALUE *out, const REAL_VALUE *a, size_t n)
{
    for (const REAL_VALUE *end = a + n; a < end; out += REAL_LANES, a += REAL_LANES) {
        const vec x = *(const vec *)a, y = *(const vec *)out;
        const lanes greater = x > y;
        *(vec *)out = (vec)(((lanes)x & greater) | ((lanes)y & ~greater));
    }
}

#endif
