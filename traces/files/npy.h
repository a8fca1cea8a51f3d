/* NumPy's array file: its header, and the elements behind it. Every number of a header is
 * untrusted. The same description serves IDX files (sim/input). */
#ifndef SQ_NPY_H
#define SQ_NPY_H

#include "kernels/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SQ_ARRAY_MAX_DIMS = 8, SQ_ARRAY_HEAD_BYTES = 16384 };

/* What the header says. */
struct sq_array {
    char kind;           /* 'f' float, 'i' signed, 'u' unsigned, 'b' bool, as NumPy writes it */
    unsigned item_bytes; /* 1, 2, 4 or 8 */
    bool big_endian;
    bool fortran; /* first index fastest; only with two dimensions or more */
    unsigned n_dims;
    uint64_t dim[SQ_ARRAY_MAX_DIMS];
    uint64_t offset; /* of the first element, from the start of the (uncompressed) file */
};

/* Does a .npy file begin like this? */
bool sq_npy_begins(const unsigned char *head, size_t n);

/* Bytes before the header's text, and before the first element, as the first 12 bytes of the file
 * (of version 1: 10) say. */
size_t sq_npy_text_at(const unsigned char *head);
uint64_t sq_npy_header_bytes(const unsigned char *head);

/* Parse the first `n` bytes of a .npy file; `path` begins the error sentence. SQ_EFORMAT or, for
 * types that hold no numbers, SQ_EUNSUPPORTED. */
int sq_npy_parse(struct sq_error *err, const char *path, const unsigned char *head, size_t n,
                 struct sq_array *array);

/* Elements of one index of the first dimension, and bytes of the whole file; false where no file
 * could hold them. */
bool sq_array_sizes(const struct sq_array *array, size_t *row_elements, uint64_t *file_bytes);

/* "[2,3,32,32]" */
void sq_array_shape_text(const struct sq_array *array, char *out, size_t size);

/* "float32" */
void sq_element_name(const struct sq_array *array, char *out, size_t size);

/* Value of the element stored at `item`; false if float32 (int64) cannot hold it exactly. NaN and
 * infinities are values here. */
bool sq_element_f32(const struct sq_array *array, const unsigned char *item, float *out);
bool sq_element_i64(const struct sq_array *array, const unsigned char *item, int64_t *out);

/* The same rounded to the nearest double: 0 and 1 stay the only ones that are 0 and 1. */
double sq_element_f64(const struct sq_array *array, const unsigned char *item);

/* The n numbers that are stored `stride` bytes apart, from `item` on; false: one of them is not,
 * or exceeds 62 bits. Floats may hold whole numbers. */
bool sq_npy_whole(const struct sq_array *type, const unsigned char *item, size_t stride, size_t n,
                  int64_t *number);

#endif
