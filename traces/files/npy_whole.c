#include "traces/files/npy.h"

#include "kernels/base/little.h"

#include <math.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

static const int64_t limit = INT64_MAX >> 1;

/* Any type, one number. */
static bool load_any(const struct sq_array *type, const unsigned char *item, int64_t *number)
{
    if (type->kind != 'f')
        return sq_element_i64(type, item, number) && *number<limit && * number> - limit;
    const double value = sq_element_f64(type, item);
    if (!(fabs(value) < 0x1p62) || value != floor(value))
        return false;
    *number = (int64_t)value;
    return true;
}

INLINE uint64_t load_bits(const unsigned char *item, unsigned bytes, bool big_endian)
{
    switch (bytes) {
    case 1:
        return item[0];
    case 2:
        return big_endian ? (uint16_t)__builtin_bswap16(sq_le16(item)) : sq_le16(item);
    case 4:
        return big_endian ? __builtin_bswap32(sq_le32(item)) : sq_le32(item);
    default:
        return big_endian ? __builtin_bswap64(sq_le64(item)) : sq_le64(item);
    }
}

/* The loops below are compiled once for each type, so that no branch is taken per number. */
INLINE bool load_integers(char kind, unsigned bytes, bool big_endian, const unsigned char *item,
                          size_t stride, size_t n, int64_t *number)
{
    const uint64_t most = kind == 'b' ? 1 : bytes < 8 ? UINT64_MAX : (uint64_t)limit - 1;
    const uint64_t least = kind == 'i' && bytes == 8 ? (uint64_t)limit - 1 : 0;
    const unsigned above = 64 - 8 * bytes;
    unsigned bad = 0;
    for (size_t i = 0; i < n; i++) {
        const uint64_t bits = load_bits(item + i * stride, bytes, big_endian);
        number[i] = kind == 'i' ? (int64_t)(bits << above) >> above : (int64_t)bits;
        bad |= (unsigned)((uint64_t)number[i] + least > most + least);
    }
    return !bad;
}

INLINE bool load_doubles(unsigned bytes, const unsigned char *item, size_t stride, size_t n,
                         int64_t *number)
{
    unsigned bad = 0;
    for (size_t i = 0; i < n; i++) {
        const uint64_t bits = load_bits(item + i * stride, bytes, false);
        const uint32_t low = (uint32_t)bits;
        float narrow;
        double wide;
        memcpy(&narrow, &low, sizeof narrow);
        memcpy(&wide, &bits, sizeof wide);
        const double value = bytes == sizeof narrow ? (double)narrow : wide;
        const bool fits = fabs(value) < 0x1p62;
        number[i] = fits ? (int64_t)value : 0;
        bad |= (unsigned)!fits | (unsigned)((double)number[i] != value);
    }
    return !bad;
}

#define INTEGERS(kind, bytes)                                                     \
    (type->big_endian ? load_integers(kind, bytes, true, item, stride, n, number) \
                      : load_integers(kind, bytes, false, item, stride, n, number))

static bool load_signed(const struct sq_array *type, const unsigned char *item, size_t stride,
                        size_t n, int64_t *number)
{
    switch (type->item_bytes) {
    case 1:
        return INTEGERS('i', 1);
    case 2:
        return INTEGERS('i', 2);
    case 4:
        return INTEGERS('i', 4);
    default:
        return INTEGERS('i', 8);
    }
}

static bool load_unsigned(const struct sq_array *type, const unsigned char *item, size_t stride,
                          size_t n, int64_t *number)
{
    switch (type->item_bytes) {
    case 1:
        return INTEGERS('u', 1);
    case 2:
        return INTEGERS('u', 2);
    case 4:
        return INTEGERS('u', 4);
    default:
        return INTEGERS('u', 8);
    }
}

bool sq_npy_whole(const struct sq_array *type, const unsigned char *item, size_t stride, size_t n,
                  int64_t *number)
{
    bool good = true;
    if (type->kind == 'i')
        return load_signed(type, item, stride, n, number);
    if (type->kind == 'u')
        return load_unsigned(type, item, stride, n, number);
    if (type->kind == 'b')
        return load_integers('b', 1, false, item, stride, n, number);
    if (type->kind == 'f' && !type->big_endian && type->item_bytes == sizeof(double))
        return load_doubles(sizeof(double), item, stride, n, number);
    if (type->kind == 'f' && !type->big_endian && type->item_bytes == sizeof(float))
        return load_doubles(sizeof(float), item, stride, n, number);
    for (size_t i = 0; good && i < n; i++)
        good = load_any(type, item + i * stride, &number[i]);
    return good;
}
