/* Numbers in files, at any address. */
#ifndef SQ_LITTLE_H
#define SQ_LITTLE_H

#include <stdint.h>

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
