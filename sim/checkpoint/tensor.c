/* Element types, and strided reading as float32. */
#include "sim/checkpoint/checkpoint_reader.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
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

const char *sq_tensor_type(const struct sq_tensor *tensor)
{
    return tensor->type != NULL ? tensor->type : sq_dtype_name(tensor->dtype);
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

static float float_of(uint32_t bits)
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

/* IEEE 754 binary16; every value of it is a float32. */
static float half_of(uint32_t bits)
{
    const uint32_t sign = (bits & 0x8000) << 16;
    const uint32_t exponent = bits >> 10 & 0x1f;
    const uint32_t fraction = bits & 0x3ff;
    if (exponent == 0) { /* zero or subnormal: fraction * 2^-24 */
        const float magnitude = (float)fraction * 0x1p-24f;
        return sign != 0 ? -magnitude : magnitude;
    }
    if (exponent == 0x1f)
        return float_of(sign | 0x7f800000 | fraction << 13);
    return float_of(sign | (exponent + 127 - 15) << 23 | fraction << 13);
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

/* `n` elements, `step` bytes apart. */
static void read_row(const struct sq_tensor *tensor, const unsigned char *at, size_t n,
                     int64_t step, float *out)
{
    const size_t bytes = sq_dtype_bytes(tensor->dtype);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (tensor->dtype == SQ_DTYPE_F32 && !tensor->big_endian && step == (int64_t)sizeof *out) {
        memcpy(out, at, n * sizeof *out);
        return;
    }
#endif
    for (size_t i = 0; i < n; i++)
        out[i] =
            element_of(tensor->dtype, load_bits(at + (int64_t)i * step, bytes, tensor->big_endian));
}

static int fail_not_finite(struct sq_error *err, const struct sq_tensor *tensor,
                           const uint64_t *index, size_t column, float value)
{
    char where[SQ_TENSOR_MAX_DIMS * 21 + 1] = "";
    size_t n = 0;
    for (uint32_t d = 0; d < tensor->n_dims; d++) {
        const uint64_t i = d + 1 == tensor->n_dims ? column : index[d];
        n += (size_t)snprintf(where + n, sizeof where - n, d > 0 ? ",%llu" : "%llu",
                              (unsigned long long)i);
    }
    return sq_fail(err, SQ_EVALUE,
                   "tensor %.300s: element [%s] is %s; a network must have finite weights",
                   tensor->name, where, isnan(value) ? "not a number" : "infinite in float32");
}

/* Advance the index of all dimensions but the last. */
static void next_row(const struct sq_tensor *tensor, uint64_t *index)
{
    for (uint32_t d = tensor->n_dims - 1; d-- > 0;) {
        if (++index[d] < tensor->dim[d])
            return;
        index[d] = 0;
    }
}

/* Locate the first element, or say why it cannot be read. */
static int find_data(struct sq_error *err, const struct sq_tensor *tensor,
                     const unsigned char **out)
{
    if (tensor->unreadable != NULL)
        return sq_fail(err, SQ_EUNSUPPORTED, "%s%stensor %.300s (%s) %s",
                       tensor->source != NULL ? tensor->source->checkpoint->reader.path : "",
                       tensor->source != NULL ? ": " : "", tensor->name, sq_tensor_type(tensor),
                       tensor->unreadable);
    *out = tensor->data;
    if (tensor->data != NULL || tensor->source == NULL || tensor->n_elements == 0)
        return SQ_OK;
    const int rc = sq_checkpoint_source_load(err, tensor->source);
    if (rc == SQ_OK)
        *out = tensor->source->data + tensor->byte;
    return rc;
}

static const unsigned char *row_at(const struct sq_tensor *tensor, const unsigned char *data,
                                   const uint64_t *index)
{
    int64_t offset = 0;
    for (uint32_t d = 0; d + 1 < tensor->n_dims; d++)
        if (index[d] != 0) /* the stride of a dimension of one element may be anything */
            offset += (int64_t)index[d] * tensor->stride[d];
    return data + offset * (int64_t)sq_dtype_bytes(tensor->dtype);
}

static int read_unmasked(struct sq_error *err, const struct sq_tensor *tensor, float *out)
{
    uint64_t index[SQ_TENSOR_MAX_DIMS] = {0};
    const unsigned char *data = NULL;
    const int rc = find_data(err, tensor, &data);
    if (rc != SQ_OK)
        return rc;
    const uint32_t last = tensor->n_dims - 1;
    const size_t n_row = tensor->n_dims > 0 ? (size_t)tensor->dim[last] : 1;
    const int64_t step =
        n_row > 1 ? tensor->stride[last] * (int64_t)sq_dtype_bytes(tensor->dtype) : 0;
    for (uint64_t done = 0; done < tensor->n_elements; done += n_row) {
        read_row(tensor, row_at(tensor, data, index), n_row, step, out + done);
        for (size_t i = 0; i < n_row; i++)
            if (!isfinite(out[done + i]))
                return fail_not_finite(err, tensor, index, i, out[done + i]);
        if (tensor->n_dims > 1)
            next_row(tensor, index);
    }
    return SQ_OK;
}

int sq_tensor_read_f32(struct sq_error *err, const struct sq_tensor *tensor, float *out)
{
    int rc = read_unmasked(err, tensor, out);
    if (rc != SQ_OK || tensor->mask == NULL)
        return rc;
    float *mask = malloc(tensor->n_elements * sizeof *mask + 1);
    if (mask == NULL)
        return sq_fail(err, SQ_ENOMEM, "tensor %.300s: out of memory for its mask", tensor->name);
    rc = read_unmasked(err, tensor->mask, mask);
    for (uint64_t i = 0; rc == SQ_OK && i < tensor->n_elements; i++)
        out[i] *= mask[i];
    free(mask);
    return rc;
}

static bool is_contiguous(const struct sq_tensor *tensor)
{
    int64_t stride = 1;
    for (uint32_t d = tensor->n_dims; d-- > 0;) {
        if (tensor->dim[d] > 1 && tensor->stride[d] != stride)
            return false;
        stride *= (int64_t)tensor->dim[d];
    }
    return true;
}

/* Integers of 32 bits and doubles are wider than float32. */
static double wide_element_of(enum sq_dtype dtype, uint64_t bits)
{
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

int sq_tensor_read_f64(struct sq_error *err, const struct sq_tensor *tensor, double *out)
{
    const size_t bytes = sq_dtype_bytes(tensor->dtype);
    const unsigned char *data = NULL;
    const int rc = find_data(err, tensor, &data);
    if (rc != SQ_OK)
        return rc;
    if (!is_contiguous(tensor) || tensor->mask != NULL)
        return sq_fail(err, SQ_EUNSUPPORTED, "tensor %.300s: is not contiguous, or pruned",
                       tensor->name);
    for (uint64_t i = 0; i < tensor->n_elements; i++) {
        out[i] =
            wide_element_of(tensor->dtype, load_bits(data + i * bytes, bytes, tensor->big_endian));
        if (!isfinite(out[i]))
            return sq_fail(err, SQ_EVALUE, "tensor %.300s: element %llu is not finite",
                           tensor->name, (unsigned long long)i);
    }
    return SQ_OK;
}
