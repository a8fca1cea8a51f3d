/* What NEON variants share. */
#ifndef SQ_BASE_NEON_H
#define SQ_BASE_NEON_H

#include <arm_neon.h>

/* The lanes of a vector of 0 and -1 as bits. */
static inline uint32_t sq_bits_of(uint32x4_t mask)
{
    static const uint32_t bit[4] = {1, 2, 4, 8};
    return vaddvq_u32(vandq_u32(mask, vld1q_u32(bit)));
}

#endif
