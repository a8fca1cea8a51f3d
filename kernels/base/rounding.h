/* Rounding of integers that are shifted right. */
#ifndef SQ_BASE_ROUNDING_H
#define SQ_BASE_ROUNDING_H

#include <stdint.h>

/* Which of the two whole numbers that a quotient lies between is taken; an exact one is taken either
 * way. */
enum sq_rounding {
    SQ_ROUND_DOWN,    /* the lower one: an arithmetic shift alone, as hardware truncates */
    SQ_ROUND_NEAREST, /* the nearer one; of two as near the even one, as float32 rounds */
};

/* x / 2^shift, rounded; shift 0 to 62, and |x| + 2^shift below 2^63. Right shifts of negative numbers are
 * arithmetic in both gcc and clang. */
static inline int64_t sq_shift_rounded(int64_t x, uint32_t shift, enum sq_rounding rounding)
{
    if (shift > 0 && rounding == SQ_ROUND_NEAREST)
        x += ((int64_t)1 << (shift - 1)) - 1 + (x >> shift & 1);
    return x >> shift;
}

#endif
