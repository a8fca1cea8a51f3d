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

#include <stdbool.h>
#include <stddef.h>

struct sq_npy_columns {
    struct sq_array type[SQ_COLUMNS]; /* of each column: kind, item_bytes, big_endian */
    size_t at[SQ_COLUMNS];            /* its bytes in the record */
    size_t record_bytes;              /* at most SQ_RECORD_MAX_BYTES */
    bool is_apart;                    /* Fortran order: each column is its own list; */
    unsigned place[SQ_COLUMNS];       /* then its number among the lists */
    uint64_t n, offset;               /* records; of the first */
};

/* Of the n bytes at the beginning of a .npy file, at most SQ_ARRAY_HEAD_BYTES. SQ_EFORMAT,
 * SQ_EUNSUPPORTED, SQ_ESHAPE (no events). */
int sq_npy_columns_parse(struct sq_error *err, const char *path, const unsigned char *head,
                         size_t n, struct sq_npy_columns *columns);

enum { SQ_FIELD_TEXT = 64, SQ_RECORD_MAX_BYTES = 4096 };

struct sq_npy_field {
    char name[SQ_FIELD_TEXT];  /* cut if it is longer; "" of padding */
    char descr[SQ_FIELD_TEXT]; /* "<i8"; "" of records within the record */
    size_t bytes;              /* of all its elements */
    bool has_shape;            /* more than one number */
};

/* The next field of the list at *at, behind its '[' or the comma of the one before, and *at behind
 * its comma or at the list's ']'. Titles are skipped. False: NumPy writes none like it, it
 * holds Python objects, or the record would exceed SQ_RECORD_MAX_BYTES. */
bool sq_npy_field_next(const char **at, struct sq_npy_field *field);

#endif
