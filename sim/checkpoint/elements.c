#include "sim/checkpoint/elements.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *name;
    size_t bytes;
} dtype_of[] = {
    [SQ_DTYPE_F32] = {"float32", 4},   [SQ_DTYPE_F16] = {"float16", 2},
    [SQ_DTYPE_BF16] = {"bfloat16", 2}, [SQ_DTYPE_F64] = {"float64", 8},
    [SQ_DTYPE_I64] = {"int64", 8},     [SQ_DTYPE_I32] = {"int32", 4},
    [SQ_DTYPE_I16] = {"int16", 2},     [SQ_DTYPE_I8] = {"int8", 1},
    [SQ_DTYPE_U64] = {"uint64", 8},    [SQ_DTYPE_U32] = {"uint32", 4},
    [SQ_DTYPE_U16] = {"uint16", 2},    [SQ_DTYPE_U8] = {"uint8", 1},
    [SQ_DTYPE_BOOL] = {"bool", 1},
};

const char *sq_dtype_name(enum sq_dtype dtype)
{
    return dtype_of[dtype].name;
}

size_t sq_dtype_bytes(enum sq_dtype dtype)
{
    return dtype_of[dtype].bytes;
}

static uint64_t load_bits(const unsigned char *at, size_t n, bool big_endian)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < n; i++)
        bits = bits << 8 | at[big_endian ? i : n - 1 - i];
    return bits;
}

static inline float float_of(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static double double_of(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* IEEE 754 binary16; every value of it is a float32. Its bits, read as a float32 with an exponent of
 * eight bits, are 2^112 times too small, subnormals too; infinity and NaN keep the largest exponent. */
static inline float half_of(uint32_t bits)
{
    const uint32_t magnitude = (bits & 0x7fff) << 13;
    const uint32_t special = (bits & 0x7c00) == 0x7c00 ? 0x7f800000 : 0;
    const float scaled = float_of(magnitude) * 0x1p112f;
    uint32_t out;
    memcpy(&out, &scaled, sizeof out);
    return float_of(out | special | (bits & 0x8000) << 16);
}

/* Integers go to float32 directly: through double they would be rounded twice. */
static float element_of(enum sq_dtype dtype, uint64_t bits)
{
    switch (dtype) {
    case SQ_DTYPE_F32:
        return float_of((uint32_t)bits);
    case SQ_DTYPE_F16:
        return half_of((uint32_t)bits);
    case SQ_DTYPE_BF16:
        return float_of((uint32_t)bits << 16);
    case SQ_DTYPE_F64:
        return (float)double_of(bits);
    case SQ_DTYPE_I64:
        return (float)(int64_t)bits;
    case SQ_DTYPE_I32:
        return (float)(int32_t)bits;
    case SQ_DTYPE_I16:
        return (float)(int16_t)bits;
    case SQ_DTYPE_I8:
        return (float)(int8_t)bits;
    case SQ_DTYPE_U64:
    case SQ_DTYPE_U32:
    case SQ_DTYPE_U16:
    case SQ_DTYPE_U8:
        return (float)bits;
    case SQ_DTYPE_BOOL:
        return bits != 0 ? 1.0f : 0.0f;
    }
    return 0.0f;
}

/* Elements that follow each other as this machine keeps its numbers: loops without branches. */
#define EACH(type, value)                        \
    for (size_t i = 0; i < n; i++) {             \
        type x;                                  \
        memcpy(&x, at + i * sizeof x, sizeof x); \
        out[i] = (value);                        \
    }                                            \
    return true

/* The floating-point types, which trained weights have; false: another one. */
static bool read_run(enum sq_dtype dtype, const unsigned char *at, size_t n, float *out)
{
    switch (dtype) {
    case SQ_DTYPE_F32:
        memcpy(out, at, n * sizeof *out);
        return true;
    case SQ_DTYPE_F16:
        EACH(uint16_t, half_of(x));
    case SQ_DTYPE_BF16:
        EACH(uint16_t, float_of((uint32_t)x << 16));
    case SQ_DTYPE_F64:
        EACH(double, (float)x);
    default:
        return false;
    }
}

void sq_dtype_f32(enum sq_dtype dtype, bool big_endian, const unsigned char *at, size_t n,
                  int64_t step, float *out)
{
    const size_t bytes = sq_dtype_bytes(dtype);
    const bool host_is_big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
    if (n == 0 ||
        (step == (int64_t)bytes && big_endian == host_is_big && read_run(dtype, at, n, out)))
        return;
    for (size_t i = 0; i < n; i++)
        out[i] = element_of(dtype, load_bits(at + (int64_t)i * step, bytes, big_endian));
}

/* Integers of 32 bits and doubles are wider than float32. */
double sq_dtype_f64(enum sq_dtype dtype, bool big_endian, const unsigned char *at)
{
    const uint64_t bits = load_bits(at, sq_dtype_bytes(dtype), big_endian);
    switch (dtype) {
    case SQ_DTYPE_F64:
        return double_of(bits);
    case SQ_DTYPE_I64:
        return (double)(int64_t)bits;
    case SQ_DTYPE_I32:
        return (double)(int32_t)bits;
    case SQ_DTYPE_U64:
    case SQ_DTYPE_U32:
        return (double)bits;
    default:
        return (double)element_of(dtype, bits);
    }
}

/* Exponents of ones only, over a piece of so many values at a time: a loop without a branch. */
enum { PIECE = 1024 };

static bool all_finite(const float *value, size_t n)
{
    int32_t any = 0;
    for (size_t i = 0; i < n; i++) {
        int32_t bits;
        memcpy(&bits, value + i, sizeof bits);
        any |= (bits & 0x7fffffff) > 0x7f7fffff ? 1 : 0;
    }
    return any == 0;
}

size_t sq_not_finite_at(const float *value, size_t n)
{
    size_t at = 0;
    while (n - at > PIECE && all_finite(value + at, PIECE))
        at += PIECE;
    if (n - at <= PIECE && all_finite(value + at, n - at))
        return n;
    while (isfinite(value[at]))
        at++;
    return at;
}
