/* One entry of a safetensors header. */
#include "sim/checkpoint/safetensors.h"

#include "kernels/base/checked.h"

#include <string.h>

static const struct {
    const char *name;
    enum sq_dtype dtype;
} dtypes[] = {
    {"F32", SQ_DTYPE_F32},   {"F16", SQ_DTYPE_F16}, {"BF16", SQ_DTYPE_BF16}, {"F64", SQ_DTYPE_F64},
    {"I64", SQ_DTYPE_I64},   {"I32", SQ_DTYPE_I32}, {"I16", SQ_DTYPE_I16},   {"I8", SQ_DTYPE_I8},
    {"U64", SQ_DTYPE_U64},   {"U32", SQ_DTYPE_U32}, {"U16", SQ_DTYPE_U16},   {"U8", SQ_DTYPE_U8},
    {"BOOL", SQ_DTYPE_BOOL},
};

int sq_safetensors_fail(const struct sq_checkpoint_reader *reader, const char *name,
                        const char *what)
{
    return sq_fail(reader->err, SQ_EFORMAT, "%s: safetensors header: tensor %.200s: %s",
                   reader->path, name, what);
}

static int read_dtype(const struct sq_checkpoint_reader *reader, const cJSON *entry,
                      enum sq_dtype *out)
{
    const cJSON *dtype = cJSON_GetObjectItemCaseSensitive(entry, "dtype");
    if (!cJSON_IsString(dtype))
        return sq_safetensors_fail(reader, entry->string, "\"dtype\" is not a string");
    for (size_t i = 0; i < sizeof dtypes / sizeof *dtypes; i++) {
        if (strcmp(dtypes[i].name, dtype->valuestring) == 0) {
            *out = dtypes[i].dtype;
            return SQ_OK;
        }
    }
    return sq_fail(reader->err, SQ_EUNSUPPORTED,
                   "%s: tensor %.200s has the element type %.40s, which is not supported; convert "
                   "it to float32",
                   reader->path, entry->string, dtype->valuestring);
}

/* A whole number that a double holds exactly. */
static bool read_count(const cJSON *item, uint64_t *out)
{
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0 && item->valuedouble <= 0x1p53))
        return false;
    *out = (uint64_t)item->valuedouble;
    return (double)*out == item->valuedouble;
}

static int read_shape(const struct sq_checkpoint_reader *reader, const cJSON *entry,
                      struct sq_tensor *tensor)
{
    const cJSON *shape = cJSON_GetObjectItemCaseSensitive(entry, "shape");
    if (!cJSON_IsArray(shape))
        return sq_safetensors_fail(reader, entry->string, "\"shape\" is not a list");
    const cJSON *item;
    cJSON_ArrayForEach(item, shape)
    {
        if (tensor->n_dims == SQ_TENSOR_MAX_DIMS)
            return sq_fail(reader->err, SQ_EUNSUPPORTED,
                           "%s: tensor %.200s has more than %d dimensions", reader->path,
                           entry->string, SQ_TENSOR_MAX_DIMS);
        if (!read_count(item, &tensor->dim[tensor->n_dims++]))
            return sq_safetensors_fail(reader, entry->string,
                                       "\"shape\" holds something else than sizes");
    }
    size_t n;
    if (!sq_mul_dims(tensor->dim, tensor->n_dims, &n))
        return sq_safetensors_fail(reader, entry->string,
                                   "the product of \"shape\" exceeds 64 bits");
    tensor->n_elements = n;
    return SQ_OK;
}

static int read_range(const struct sq_checkpoint_reader *reader, const cJSON *entry,
                      const struct sq_tensor *tensor, uint64_t data_bytes,
                      struct sq_safetensors_range *range)
{
    const cJSON *offsets = cJSON_GetObjectItemCaseSensitive(entry, "data_offsets");
    size_t bytes;
    if (!cJSON_IsArray(offsets) || cJSON_GetArraySize(offsets) != 2 ||
        !read_count(offsets->child, &range->begin) ||
        !read_count(offsets->child->next, &range->end))
        return sq_safetensors_fail(reader, entry->string,
                                   "\"data_offsets\" is not a pair of sizes");
    if (range->begin > range->end || range->end > data_bytes)
        return sq_safetensors_fail(reader, entry->string,
                                   "its data lies outside the file; is the file truncated?");
    if (!sq_mul_size(tensor->n_elements, sq_dtype_bytes(tensor->dtype), &bytes) ||
        bytes != range->end - range->begin)
        return sq_safetensors_fail(reader, entry->string,
                                   "\"data_offsets\" does not fit \"shape\" and \"dtype\"");
    range->name = entry->string;
    return SQ_OK;
}

/* Only after the sizes were checked against the file: no product overflows then. */
static void set_strides(struct sq_tensor *tensor)
{
    int64_t stride = tensor->n_elements > 0;
    for (uint32_t d = tensor->n_dims; d-- > 0;) {
        tensor->stride[d] = stride;
        stride *= stride > 0 ? (int64_t)tensor->dim[d] : 1;
    }
}

int sq_safetensors_entry(struct sq_checkpoint_reader *reader, const cJSON *entry,
                         const unsigned char *data, uint64_t data_bytes,
                         struct sq_safetensors_range *range)
{
    struct sq_tensor tensor = {0};
    if (!cJSON_IsObject(entry) || cJSON_GetArraySize(entry) != 3)
        return sq_safetensors_fail(reader, entry->string,
                                   "is not an object of dtype, shape and data_offsets");
    int rc = read_dtype(reader, entry, &tensor.dtype);
    if (rc == SQ_OK)
        rc = read_shape(reader, entry, &tensor);
    if (rc == SQ_OK)
        rc = read_range(reader, entry, &tensor, data_bytes, range);
    if (rc != SQ_OK)
        return rc;
    set_strides(&tensor);
    tensor.data = data + range->begin;
    return sq_checkpoint_add(reader, entry->string, strlen(entry->string), &tensor);
}
