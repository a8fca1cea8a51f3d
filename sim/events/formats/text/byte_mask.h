/* Properties of sixteen bytes, as sixteen bits. */
#ifndef SQ_BYTE_MASK_H
#define SQ_BYTE_MASK_H

#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Compared together: registers where a machine has them. c == ' ' gives 255 for each that is. */
typedef unsigned char sq_bytes16 __attribute__((vector_size(16)));

/* The eight bytes at `at`, the first the lowest. */
static inline uint64_t sq_bytes_word(const unsigned char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/* Bit i for byte i of `is`, each 0 or 255; on any machine. */
static inline uint64_t sq_byte_mask_portable(sq_bytes16 is)
{
    unsigned char byte[sizeof is];
    uint64_t bits = 0;
    memcpy(byte, &is, sizeof is);
    for (unsigned i = 0; i < sizeof is; i += 8)
        bits |= (sq_bytes_word(byte + i) & 0x0101010101010101) * 0x0102040810204080 >> 56 << i;
    return bits;
}

/* The same, by the instruction that x86 has for it. */
static inline uint64_t sq_byte_mask(sq_bytes16 is)
{
#ifdef __SSE2__
    return (uint64_t)(unsigned)_mm_movemask_epi8((__m128i)is);
#else
    return sq_byte_mask_portable(is);
#endif
}

#endif
