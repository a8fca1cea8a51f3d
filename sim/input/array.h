/* Array files: one n-dimensional array of numbers in a .npy or IDX file, plain or gzipped, read row
 * by row (a row is all that lies under one index of the first dimension). Memory does not grow
 * with the number of rows. Every number of a header is untrusted. */
#ifndef SQ_ARRAY_H
#define SQ_ARRAY_H

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

struct sq_array_file;

/* Parse the first `n` bytes of a file of `format`; `path` begins the error sentence. SQ_EFORMAT
 * or, for types that hold no numbers, SQ_EUNSUPPORTED. */
int sq_npy_parse(struct sq_error *err, const char *path, const unsigned char *head, size_t n,
                 struct sq_array *array);
int sq_idx_parse(struct sq_error *err, const char *path, const unsigned char *head, size_t n,
                 struct sq_array *array);

/* Open a file, told by content, and check that it is as long as its header says. A gzipped one is
 * inflated once for that.
 *   path   outlives the file (it begins error sentences)
 *   out    written only on success; sq_array_close() frees it
 * SQ_EIO, SQ_EFORMAT, SQ_EUNSUPPORTED, SQ_ENOMEM. */
int sq_array_open(struct sq_error *err, const char *path, struct sq_array_file **out);
void sq_array_close(struct sq_array_file *file);

const struct sq_array *sq_array_header(const struct sq_array_file *file);

/* Elements of one row. */
size_t sq_array_row_elements(const struct sq_array_file *file);

/* Read rows `first` .. `first + n - 1` into `out`, row-major, elements as they are stored. A
 * gzipped file is fast only forwards. SQ_EIO, SQ_EFORMAT. */
int sq_array_read(struct sq_error *err, struct sq_array_file *file, uint64_t first, size_t n,
                  unsigned char *out);

/* "npy float32 [2,3,32,32]" */
void sq_array_describe(const struct sq_array_file *file, char *out, size_t size);

/* "[2,3,32,32]" */
void sq_array_shape_text(const struct sq_array *array, char *out, size_t size);

/* "float32" */
void sq_element_name(const struct sq_array *array, char *out, size_t size);

/* Value of the element stored at `item`; false if float32 (int64) cannot hold it exactly. NaN and
 * infinities are values here. */
bool sq_element_f32(const struct sq_array *array, const unsigned char *item, float *out);
bool sq_element_i64(const struct sq_array *array, const unsigned char *item, int64_t *out);

#endif
