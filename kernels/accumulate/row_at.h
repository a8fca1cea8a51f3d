/* Where a row of sums begins, by shifts and an addition: the kernels that only add use these for addresses too. */
#ifndef SQ_ROW_AT_H
#define SQ_ROW_AT_H

#include "kernels/base/block.h"

#include <stdint.h>

/* log2 of a power of two from 16 to 256. */
#define SQ_SHIFT_OF(bytes) \
    ((bytes) == 16 ? 4 : (bytes) == 32 ? 5 : (bytes) == 64 ? 6 : (bytes) == 128 ? 7 : 8)

/* A number that the compiler does not join with what is done to it next: so a shift of 3 or less stays part of an
 * address on x86, which costs nothing. */
SQ_ALWAYS_INLINE size_t sq_keep_apart(size_t number)
{
#if defined(__x86_64__)
    __asm__("" : "+r"(number));
#endif
    return number;
}

/* A row's bytes as a sum of two powers of two. */
struct sq_row_at {
    unsigned one, other;
};

/* Of rows of 16, 32, 48 or 64 sums of 2 or 4 bytes. */
SQ_ALWAYS_INLINE struct sq_row_at sq_row_at(size_t width, size_t bytes)
{
    static const unsigned char shift[][2] = {{0, 0}, {4, 4}, {5, 5}, {6, 5}, {6, 6}};
    const unsigned char *const of_two = shift[width >> 4];
    const unsigned more = bytes == 4;
    return (struct sq_row_at){of_two[0] + more, of_two[1] + more};
}

SQ_ALWAYS_INLINE size_t sq_row_bytes(const struct sq_row_at *at, uint16_t row)
{
    return ((size_t)row << at->one) + ((size_t)row << at->other);
}

#endif
