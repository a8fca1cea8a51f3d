/* The fields of a structured array, as the list in a .npy header describes them. */
#ifndef SQ_NPY_RECORDS_H
#define SQ_NPY_RECORDS_H

#include <stdbool.h>
#include <stddef.h>

enum { SQ_FIELD_TEXT = 64, SQ_RECORD_MAX_BYTES = 4096 };

struct sq_npy_field {
    char name[SQ_FIELD_TEXT];  /* cut if it is longer; "" of padding */
    char descr[SQ_FIELD_TEXT]; /* "<i8"; "" of records within the record */
    size_t bytes;              /* of all its elements */
    bool has_shape;            /* more than one number */
};

/* The next field of the list at *at, behind its '[' or the comma of the one before, and *at behind
 * its comma or at the list's ']'. Titles are passed over. False: NumPy writes none like it, it
 * holds Python objects, or the record would exceed SQ_RECORD_MAX_BYTES. */
bool sq_npy_field_next(const char **at, struct sq_npy_field *field);

#endif
