/* One entry of a safetensors header. */
#include "sim/checkpoint/safetensors.h"

#include "kernels/base/checked.h"

#include <string.h>

/* Types whose elements are read, and those that are only listed. */
static const struct {
    const char *name;
    enum sq_dtype dtype;
} dtypes[] = {
    {"F32", SQ_DTYPE_F32},   {"F16", SQ_DTYPE_F16}, {"BF16", SQ_DTYPE_BF16}, {"F64", SQ_DTYPE_F64},
    {"I64", SQ_DTYPE_I64},   {"I32", SQ_DTYPE_I32}, {"I16", SQ_DTYPE_I16},   {"I8", SQ_DTYPE_I8},
    {"U64", SQ_DTYPE_U64},   {"U32", SQ_DTYPE_U32}, {"U16", SQ_DTYPE_U16},   {"U8", SQ_DTYPE_U8},
    {"BOOL", SQ_DTYPE_BOOL},
};
static const struct {
    const char *name;
    unsigned bits;
} listed[] = {
    {"F8_E4M3", 8},     {"F8_E5M2", 8}, {"F8_E8M0", 8}, {"F8_E4M3FNUZ", 8},
    {"F8_E5M2FNUZ", 8}, {"F4", 4},      {"F6_E2M3", 6}, {"F6_E3M2", 6},
    {"C64", 64},        {"I4", 4},      {"U4", 4},
};

int sq_safetensors_fail(const struct sq_checkpoint_reader *reader, const char *name,
                        const char *what)
{
    return sq_fail(reader->err, SQ_EFORMAT, "%s: safetensors header: tensor %.200s: %s",
                   reader->path, name, what);
}

/* The element type, and its bits; 0 bits: a type of a later version, whose size is not known. It
 * stays the header's text until the tensor is kept. */
static int read_dtype(const struct sq_checkpoint_reader *reader, const cJSON *entry,
                      struct sq_tensor *tensor, unsigned *bits)
{
    const cJSON *dtype = cJSON_GetObjectItemCaseSensitive(entry, "dtype");
    if (!cJSON_IsString(dtype) || dtype->valuestring[0] == '\0')
        return sq_safetensors_fail(reader, entry->string, "\"dtype\" is not a string");
    for (size_t i = 0; i < sizeof dtypes / sizeof *dtypes; i++) {
        if (strcmp(dtypes[i].name, dtype->valuestring) == 0) {
            tensor->dtype = dtypes[i].dtype;
            *bits = 8 * (unsigned)sq_dtype_bytes(tensor->dtype);
            return SQ_OK;
        }
    }
    *bits = 0;
    for (size_t i = 0; i < sizeof listed / sizeof *listed; i++)
        if (strcmp(listed[i].name, dtype->valuestring) == 0)
            *bits = listed[i].bits;
    tensor->type = dtype->valuestring;
    tensor->unreadable = SQ_UNREADABLE_TYPE;
    return SQ_OK;
}

/* A whole number that a double holds exactly. */
static bool read_count(const cJSON *item, uint64_t *out)
{
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0 && item->valuedouble <= 0x1p53))
        return false;
    *out = (uint64_t)item->valuedouble;
    return (double)*out == item->valuedouble;
}

/* A tensor of more dimensions than any layer has is listed without its shape. */
static int read_shape(const struct sq_checkpoint_reader *reader, const cJSON *entry,
                      struct sq_tensor *tensor)
{
    const cJSON *shape = cJSON_GetObjectItemCaseSensitive(entry, "shape");
    if (!cJSON_IsArray(shape))
        return sq_safetensors_fail(reader, entry->string, "\"shape\" is not a list");
    const bool too_many = cJSON_GetArraySize(shape) > SQ_TENSOR_MAX_DIMS;
    const cJSON *item;
    cJSON_ArrayForEach(item, shape)
    {
        uint64_t size = 0;
        if (!read_count(item, &size))
            return sq_safetensors_fail(reader, entry->string,
                                       "\"shape\" holds something else than sizes");
        if (!too_many)
            tensor->dim[tensor->n_dims++] = size;
    }
    if (too_many) {
        tensor->unreadable = SQ_UNREADABLE_DIMENSIONS;
        return SQ_OK;
    }
    size_t n;
    if (!sq_mul_dims(tensor->dim, tensor->n_dims, &n))
        return sq_safetensors_fail(reader, entry->string,
                                   "the product of \"shape\" exceeds 64 bits");
    tensor->n_elements = n;
    return SQ_OK;
}

/* Do the bytes hold the elements? Some types are packed, several elements to a byte. */
static bool size_fits(const struct sq_tensor *tensor, unsigned bits, uint64_t bytes)
{
    size_t n_bits;
    if (bits == 0 || (tensor->unreadable != NULL && tensor->n_dims == 0 && tensor->n_elements == 0))
        return true;
    return sq_mul_size(tensor->n_elements, bits, &n_bits) &&
           n_bits / 8 + (n_bits % 8 != 0) == bytes;
}

static int read_range(const struct sq_checkpoint_reader *reader, const cJSON *entry,
                      const struct sq_tensor *tensor, unsigned bits, uint64_t data_bytes,
                      struct sq_safetensors_range *range)
{
    const cJSON *offsets = cJSON_GetObjectItemCaseSensitive(entry, "data_offsets");
    if (!cJSON_IsArray(offsets) || cJSON_GetArraySize(offsets) != 2 ||
        !read_count(offsets->child, &range->begin) ||
        !read_count(offsets->child->next, &range->end))
        return sq_safetensors_fail(reader, entry->string,
                                   "\"data_offsets\" is not a pair of sizes");
    if (range->begin > range->end || range->end > data_bytes)
        return sq_safetensors_fail(reader, entry->string,
                                   "its data lies outside the file; is the file truncated?");
    if (!size_fits(tensor, bits, range->end - range->begin))
        return sq_safetensors_fail(reader, entry->string,
                                   "\"data_offsets\" does not fit \"shape\" and \"dtype\"");
    range->name = entry->string;
    return SQ_OK;
}

/* Sizes were checked against the file before, so no product overflows. */
static void set_strides(struct sq_tensor *tensor)
{
    int64_t stride = tensor->n_elements > 0;
    for (uint32_t d = tensor->n_dims; d-- > 0;) {
        tensor->stride[d] = stride;
        stride *= stride > 0 ? (int64_t)tensor->dim[d] : 1;
    }
}

/* Copy the header's name of its type, and note where its bytes are. */
static int keep(struct sq_checkpoint_reader *reader, const struct sq_safetensors_data *data,
                const struct sq_safetensors_range *range, struct sq_tensor *tensor)
{
    if (tensor->type != NULL) {
        char shown[40];
        sq_printable(shown, sizeof shown, tensor->type, strlen(tensor->type));
        tensor->type = sq_arena_strdup(&reader->checkpoint->arena, shown);
        if (tensor->type == NULL)
            return sq_fail(reader->err, SQ_ENOMEM, "%s: out of memory", reader->path);
    }
    tensor->source = sq_checkpoint_new_sources(reader, 1);
    if (tensor->source == NULL)
        return SQ_ENOMEM;
    tensor->source->at = data->at + range->begin;
    tensor->source->bytes = range->end - range->begin;
    return sq_checkpoint_add(reader, range->name, strlen(range->name), tensor);
}

int sq_safetensors_entry(struct sq_checkpoint_reader *reader, const cJSON *entry,
                         const struct sq_safetensors_data *data, struct sq_safetensors_range *range)
{
    struct sq_tensor tensor = {0};
    unsigned bits = 0;
    if (!cJSON_IsObject(entry) || cJSON_GetArraySize(entry) != 3)
        return sq_safetensors_fail(reader, entry->string,
                                   "is not an object of dtype, shape and data_offsets");
    int rc = read_dtype(reader, entry, &tensor, &bits);
    if (rc == SQ_OK)
        rc = read_shape(reader, entry, &tensor);
    if (rc == SQ_OK)
        rc = read_range(reader, entry, &tensor, bits, data->bytes, range);
    if (rc != SQ_OK)
        return rc;
    if (tensor.unreadable == NULL)
        set_strides(&tensor);
    return keep(reader, data, range, &tensor);
}
