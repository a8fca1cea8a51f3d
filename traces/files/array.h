/* Array files: one n-dimensional array of numbers in a .npy or IDX file, plain or gzipped, read row
 * by row (a row is all that lies under one index of the first dimension). Memory does not grow
 * with the number of rows. Every number of a header is untrusted. */
#ifndef SQ_ARRAY_H
#define SQ_ARRAY_H

#include "traces/files/npy.h"

struct sq_array_file;

/* Parse the first `n` bytes of an IDX file, as sq_npy_parse() does. */
int sq_idx_parse(struct sq_error *err, const char *path, const unsigned char *head, size_t n,
                 struct sq_array *array);

/* Open a file, recognised by content, and check that it is as long as its header says. A gzipped
 * one is inflated once for that.
 *   path   outlives the file (it begins error sentences)
 *   out    written only on success; sq_array_close() frees it
 * SQ_EIO, SQ_EFORMAT, SQ_EUNSUPPORTED, SQ_ENOMEM. */
int sq_array_open(struct sq_error *err, const char *path, struct sq_array_file **out);

/* The same of an open file, which stays the caller's and stands at its beginning; `name` is what
 * messages call it. */
int sq_array_open_fd(struct sq_error *err, const char *name, int fd, struct sq_array_file **out);
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

#endif
