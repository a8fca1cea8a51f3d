#include "traces/files/npy_header.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ORDER "<"
#else
#define ORDER ">"
#endif

static const struct {
    const char *descr;
    size_t bytes;
} type[] = {
    [SQ_NPY_U8] = {"|u1", 1},       [SQ_NPY_I32] = {ORDER "i4", 4}, [SQ_NPY_F32] = {ORDER "f4", 4},
    [SQ_NPY_I64] = {ORDER "i8", 8}, [SQ_NPY_BOOL] = {"|b1", 1},
};

enum { FIXED = 10, SMALLEST = 128, STEP = 64 }; /* magic, version, length; NumPy aligns to 64 */

size_t sq_npy_item_bytes(enum sq_npy_type t)
{
    return type[t].bytes;
}

size_t sq_npy_header(const struct sq_npy_plan *plan, size_t size, char out[SQ_NPY_MAX_HEADER])
{
    char *text = out + FIXED;
    const size_t room = SQ_NPY_MAX_HEADER - FIXED;
    size_t n = (size_t)snprintf(text, room, "{'descr': '%s', 'fortran_order': False, 'shape': (",
                                type[plan->type].descr);
    if (plan->timesteps > 0)
        n += (size_t)snprintf(text + n, room - n, "%" PRIu32 ", ", plan->timesteps);
    n += (size_t)snprintf(text + n, room - n, "%" PRIu64 ",", plan->samples);
    for (uint32_t i = 0; i < plan->n_dims; i++)
        n += (size_t)snprintf(text + n, room - n, " %" PRIu64 ",", plan->dim[i]);
    n += (size_t)snprintf(text + n, room - n, "), }");
    if (size == 0)
        size = SMALLEST;
    while (size < FIXED + n + 1)
        size += STEP;
    memcpy(out, "\x93NUMPY\x01", 8); /* version 1.0: the literal's own NUL is the minor 0 */
    out[8] = (char)((size - FIXED) & 0xff);
    out[9] = (char)((size - FIXED) >> 8);
    memset(text + n, ' ', size - FIXED - n - 1);
    out[size - 1] = '\n';
    return size;
}
