/* NumPy arrays of events: where t, x, y and p of each record lie. Three forms are known:
 *
 *   - a structured array with these four fields among others, in any order, any integers, bool or
 *     floats (tonic, Metavision); also by their other names (column_name.h: dv-processing, faery)
 *   - a plain array [N,4] of x, y, p, t (tonic's DVSGesture), in C or Fortran order
 *   - one plain array [N] for each (SpikingJelly's archives) */
#ifndef SQ_NPY_COLUMNS_H
#define SQ_NPY_COLUMNS_H

#include "sim/events/formats/arrays/column_name.h"
#include "traces/files/npy.h"

struct sq_npy_columns {
    struct sq_array type[SQ_COLUMNS]; /* of each column: kind, item_bytes, big_endian */
    size_t at[SQ_COLUMNS];            /* its bytes in the record */
    size_t record_bytes;              /* at most SQ_RECORD_MAX_BYTES */
    bool is_apart;                    /* Fortran order: each column is a list of its own; */
    unsigned place[SQ_COLUMNS];       /* then its number among the lists */
    uint64_t n, offset;               /* records; of the first */
};

/* Of the n bytes at the beginning of a .npy file, at most SQ_ARRAY_HEAD_BYTES. SQ_EFORMAT,
 * SQ_EUNSUPPORTED, SQ_ESHAPE (no events). */
int sq_npy_columns_parse(struct sq_error *err, const char *path, const unsigned char *head,
                         size_t n, struct sq_npy_columns *columns);

#endif
