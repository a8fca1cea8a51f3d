/* Numbers in files, at any address. */
#ifndef SQ_BASE_LITTLE_H
#define SQ_BASE_LITTLE_H

#include <stddef.h>
#include <stdint.h>

/* The low n bytes of a value, low byte first: with a constant n = 8 one move on a machine that
 * keeps numbers so. */
static inline void sq_put_le(unsigned char *out, uint64_t value, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (unsigned char)(value >> (8 * i));
}

static inline uint64_t sq_get_le(const unsigned char *at, size_t n)
{
    uint64_t value = 0;
    for (size_t i = 0; i < n; i++)
        value |= (uint64_t)at[i] << (8 * i);
    return value;
}

static inline uint16_t sq_le16(const unsigned char *at)
{
    return (uint16_t)(at[0] | at[1] << 8);
}

static inline uint32_t sq_le32(const unsigned char *at)
{
    return (uint32_t)sq_le16(at) | (uint32_t)sq_le16(at + 2) << 16;
}

static inline uint64_t sq_le64(const unsigned char *at)
{
    return (uint64_t)sq_le32(at) | (uint64_t)sq_le32(at + 4) << 32;
}

static inline uint32_t sq_be32(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

#endif
