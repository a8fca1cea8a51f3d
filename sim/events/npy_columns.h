/* NumPy arrays of events: where t, x, y and p of each record lie. Three forms are known:
 *
 *   - a structured array with fields t, x, y, p in any order, any integers, bool or floats (tonic)
 *   - a plain array [N,4] of x, y, p, t (tonic's DVSGesture)
 *   - one plain array [N] for each (SpikingJelly's archives) */
#ifndef SQ_NPY_COLUMNS_H
#define SQ_NPY_COLUMNS_H

#include "traces/format/npy.h"

enum { SQ_COLUMN_T, SQ_COLUMN_X, SQ_COLUMN_Y, SQ_COLUMN_P, SQ_COLUMNS };

struct sq_npy_columns {
    struct sq_array type[SQ_COLUMNS]; /* of each column: kind, item_bytes, big_endian */
    size_t at[SQ_COLUMNS];            /* its bytes in the record */
    size_t record_bytes;
    uint64_t n, offset; /* records; of the first */
};

/* Of the n bytes at the beginning of a .npy file, at most SQ_ARRAY_HEAD_BYTES. SQ_EFORMAT,
 * SQ_EUNSUPPORTED, SQ_ESHAPE (no events). */
int sq_npy_columns_parse(struct sq_error *err, const char *path, const unsigned char *head,
                         size_t n, struct sq_npy_columns *columns);

#endif
