#include "traces/files/array.h"

/* IDX, all integers big-endian (Y. LeCun, the MNIST database):
 *   0  2  zero
 *   2  1  type of the elements
 *   3  1  number of dimensions n
 *   4  4n their sizes
 *   4+4n  the elements, last index fastest */
static const struct {
    unsigned char code;
    char kind;
    unsigned item_bytes;
} type[] = {{0x08, 'u', 1}, {0x09, 'i', 1}, {0x0b, 'i', 2},
            {0x0c, 'i', 4}, {0x0d, 'f', 4}, {0x0e, 'f', 8}};

static bool set_type(struct sq_array *array, unsigned char code)
{
    for (size_t i = 0; i < sizeof type / sizeof *type; i++)
        if (type[i].code == code) {
            array->kind = type[i].kind;
            array->item_bytes = type[i].item_bytes;
            return true;
        }
    return false;
}

int sq_idx_parse(struct sq_error *err, const char *path, const unsigned char *head, size_t n,
                 struct sq_array *array)
{
    *array = (struct sq_array){.big_endian = true};
    if (n < 4)
        return sq_fail(err, SQ_EFORMAT,
                       "%s: truncated: an IDX header has at least 8 bytes, this "
                       "file %zu",
                       path, n);
    if (!set_type(array, head[2]))
        return sq_fail(err, SQ_EFORMAT, "%s: IDX type 0x%02x is not known", path,
                       (unsigned)head[2]);
    array->n_dims = head[3];
    array->offset = 4 + 4 * (uint64_t)array->n_dims;
    if (array->n_dims == 0 || array->n_dims > SQ_ARRAY_MAX_DIMS)
        return sq_fail(err, SQ_EFORMAT, "%s: an IDX array of %u dimensions; 1 to %d are accepted",
                       path, array->n_dims, SQ_ARRAY_MAX_DIMS);
    if (n < array->offset)
        return sq_fail(err, SQ_EFORMAT, "%s: truncated: the IDX header has %u bytes, this file %zu",
                       path, (unsigned)array->offset, n);
    for (unsigned i = 0; i < array->n_dims; i++)
        for (unsigned k = 0; k < 4; k++)
            array->dim[i] = array->dim[i] << 8 | head[4 + 4 * i + k];
    return SQ_OK;
}
