/* Blocks: rows of 16, 32, 48 or 64 four-byte lanes, which kernels specialise by width. */
#ifndef SQ_BASE_BLOCK_H
#define SQ_BASE_BLOCK_H

#include <stddef.h>

/* For bodies that become fast code only once their width is a constant. */
#define SQ_ALWAYS_INLINE static inline __attribute__((always_inline))

/* A shift that must stay one: gcc for AArch64 would join two shifts and an addition to a
 * multiplication. An empty statement of assembly that may change the value keeps them apart. */
SQ_ALWAYS_INLINE size_t sq_keep_shifts(size_t shifted)
{
#if defined(__aarch64__)
    __asm__("" : "+r"(shifted));
#endif
    return shifted;
}

/* Bytes of `rows` rows of 16 * lanes16 lanes, by shifts and an addition: the kernels that only add
 * use this for addresses too. lanes16 is 1, 2, 3, or else taken as 4. */
SQ_ALWAYS_INLINE size_t sq_block_bytes(size_t rows, size_t lanes16)
{
    switch (lanes16) {
    case 1:
        return rows << 6;
    case 2:
        return rows << 7;
    case 3:
        return sq_keep_shifts(rows << 7) + (rows << 6);
    default:
        return rows << 8;
    }
}

#endif
