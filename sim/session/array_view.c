#include "sim/session/array_view.h"

#include "kernels/base/checked.h"

#include <string.h>

static const struct {
    char kind;
    unsigned bytes;
} of_dtype[] = {
    [SPIKEQ_U8] = {'u', 1},   [SPIKEQ_F32] = {'f', 4},  [SPIKEQ_I32] = {'i', 4},
    [SPIKEQ_I64] = {'i', 8},  [SPIKEQ_BOOL] = {'b', 1}, [SPIKEQ_I8] = {'i', 1},
    [SPIKEQ_I16] = {'i', 2},  [SPIKEQ_U16] = {'u', 2},  [SPIKEQ_U32] = {'u', 4},
    [SPIKEQ_U64] = {'u', 8},  [SPIKEQ_F16] = {'f', 2},  [SPIKEQ_F64] = {'f', 8},
    [SPIKEQ_BITS] = {'u', 1},
};

int sq_array_view_of(struct sq_error *err, const char *what, const struct spikeq_array *array,
                     struct sq_array_view *out)
{
    const unsigned n_dtypes = sizeof of_dtype / sizeof of_dtype[0];
    size_t elements, row;
    uint64_t bytes;
    if (array == NULL || array->size < sizeof *array)
        return sq_fail(err, SQ_EUSAGE, "%s: give an array, with its member size set", what);
    const unsigned dtype = (unsigned)array->dtype;
    if (dtype < SPIKEQ_U8 || dtype >= n_dtypes)
        return sq_fail(err, SQ_EUNSUPPORTED, "%s: dtype %u is not one of enum spikeq_dtype", what,
                       dtype);
    if (array->n_dims == 0 || array->n_dims > sizeof array->dim / sizeof array->dim[0])
        return sq_fail(err, SQ_ESHAPE, "%s: an array of %u dimensions; 1 to %zu are taken", what,
                       array->n_dims, sizeof array->dim / sizeof array->dim[0]);
    *out = (struct sq_array_view){.type = {.kind = of_dtype[dtype].kind,
                                           .item_bytes = of_dtype[dtype].bytes,
                                           .n_dims = array->n_dims},
                                  .is_bits = dtype == SPIKEQ_BITS,
                                  .data = array->data};
    const uint16_t order = 1;
    out->type.big_endian = *(const unsigned char *)&order == 0;
    memcpy(out->type.dim, array->dim, array->n_dims * sizeof array->dim[0]);
    if (!sq_array_sizes(&out->type, &row, &bytes) ||
        !sq_mul_dims(array->dim, array->n_dims, &elements))
        return sq_fail(err, SQ_ESHAPE, "%s: the array's shape is larger than any memory", what);
    if (array->data == NULL && bytes > 0)
        return sq_fail(err, SQ_EUSAGE, "%s: the array has no data", what);
    return SQ_OK;
}

int sq_array_view_is(const struct sq_array_view *view, unsigned first, const uint64_t *dim,
                     uint32_t n)
{
    const struct sq_array *a = &view->type;
    uint64_t all = 1;
    for (uint32_t i = 0; i < n; i++)
        all *= dim[i];
    if (a->n_dims == first + 1 && a->dim[first] == (view->is_bits ? (all + 7) / 8 : all))
        return 1;
    return !view->is_bits && a->n_dims == first + n &&
           memcmp(a->dim + first, dim, n * sizeof dim[0]) == 0;
}
