#include "traces/files/npy.h"

#include "kernels/base/checked.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

void sq_element_name(const struct sq_array *array, char *out, size_t size)
{
    const char *kind = array->kind == 'f' ? "float" : array->kind == 'i' ? "int" : "uint";
    if (array->kind == 'b')
        snprintf(out, size, "bool");
    else
        snprintf(out, size, "%s%u", kind, 8 * array->item_bytes);
}

void sq_array_shape_text(const struct sq_array *array, char *out, size_t size)
{
    size_t used = 0;
    for (unsigned d = 0; d < array->n_dims && used < size; d++)
        used += (size_t)snprintf(out + used, size - used, "%s%" PRIu64, d > 0 ? "," : "[",
                                 array->dim[d]);
    if (used < size)
        snprintf(out + used, size - used, array->n_dims > 0 ? "]" : "[]");
}

bool sq_array_sizes(const struct sq_array *array, size_t *row_elements, uint64_t *file_bytes)
{
    size_t row, whole;
    if (array->n_dims == 0 || !sq_mul_dims(array->dim + 1, array->n_dims - 1, row_elements) ||
        !sq_mul_size(*row_elements, array->item_bytes, &row) ||
        !sq_mul_dims(array->dim, array->n_dims, &whole) ||
        !sq_mul_size(whole, array->item_bytes, &whole) ||
        !sq_add_size(whole, array->offset, &whole) || whole > INT64_MAX)
        return false;
    *file_bytes = whole;
    return true;
}

static uint64_t load_bits(const struct sq_array *array, const unsigned char *item)
{
    const unsigned n = array->item_bytes;
    uint64_t bits = 0;
    for (unsigned i = 0; i < n; i++)
        bits = bits << 8 | item[array->big_endian ? i : n - 1 - i];
    return bits;
}

/* Two's complement of `n` bytes, widened. */
static int64_t sign_extend(uint64_t bits, unsigned n)
{
    assert(n >= 1 && n <= 8);
    const uint64_t sign = (uint64_t)1 << (8 * n - 1);
    const uint64_t wide = (bits ^ sign) - sign;
    int64_t value;
    memcpy(&value, &wide, sizeof value);
    return value;
}

/* Float32 has 24 significant bits. */
static bool fits_24_bits(uint64_t magnitude)
{
    return magnitude == 0 || magnitude >> __builtin_ctzll(magnitude) < (uint64_t)1 << 24;
}

/* IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction. */
static float half_to_f32(uint64_t bits)
{
    const int exponent = (int)(bits >> 10 & 31), fraction = (int)(bits & 1023);
    float magnitude;
    if (exponent == 31)
        magnitude = fraction != 0 ? NAN : INFINITY;
    else if (exponent == 0)
        magnitude = ldexpf((float)fraction, -24);
    else
        magnitude = ldexpf((float)(fraction + 1024), exponent - 25);
    return bits >> 15 ? -magnitude : magnitude;
}

static bool real_to_f32(uint64_t bits, unsigned n, float *out)
{
    if (n == 2) {
        *out = half_to_f32(bits);
        return true;
    }
    if (n == 4) {
        const uint32_t word = (uint32_t)bits;
        memcpy(out, &word, sizeof *out);
        return true;
    }
    double wide;
    memcpy(&wide, &bits, sizeof wide);
    if (isfinite(wide) && fabs(wide) > 0x1.fffffep127) /* the conversion would be undefined */
        return false;
    *out = (float)wide;
    return isnan(wide) || (double)*out == wide;
}

bool sq_element_f32(const struct sq_array *array, const unsigned char *item, float *out)
{
    const uint64_t bits = load_bits(array, item);
    if (array->kind == 'f')
        return real_to_f32(bits, array->item_bytes, out);
    if (array->kind == 'i') {
        const int64_t value = sign_extend(bits, array->item_bytes);
        *out = (float)value;
        return fits_24_bits(value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
    }
    *out = (float)bits;
    return array->kind == 'b' ? bits <= 1 : fits_24_bits(bits);
}

bool sq_element_i64(const struct sq_array *array, const unsigned char *item, int64_t *out)
{
    const uint64_t bits = load_bits(array, item);
    if (array->kind == 'i')
        *out = sign_extend(bits, array->item_bytes);
    else
        *out = (int64_t)(bits & INT64_MAX);
    return array->kind == 'i' || (array->kind != 'f' && bits <= INT64_MAX);
}

double sq_element_f64(const struct sq_array *array, const unsigned char *item)
{
    const uint64_t bits = load_bits(array, item);
    float narrow = 0;
    double wide;
    if (array->kind == 'i')
        return (double)sign_extend(bits, array->item_bytes);
    if (array->kind != 'f')
        return (double)bits;
    if (array->item_bytes == sizeof wide) {
        memcpy(&wide, &bits, sizeof wide);
        return wide;
    }
    real_to_f32(bits, array->item_bytes, &narrow);
    return (double)narrow;
}
