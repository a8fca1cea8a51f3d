/* The bytes of a regular file, plain or gzipped: both are read at any offset, a compressed one fast
 * only forwards. */
#ifndef SQ_INPUT_FILE_H
#define SQ_INPUT_FILE_H

#include "kernels/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sq_input_file;

/* Open `path`, which outlives the stream. *out is written only on success. SQ_EIO (also: not a
 * regular file), SQ_EFORMAT (empty), SQ_ENOMEM. */
int sq_input_file_open(struct sq_error *err, const char *path, struct sq_input_file **out);

/* The same of an open file, which stays the caller's and stands at its beginning; `name` is what
 * messages call it. */
int sq_input_file_open_fd(struct sq_error *err, const char *name, int fd,
                          struct sq_input_file **out);
void sq_input_file_close(struct sq_input_file *stream);

bool sq_input_file_is_gzip(const struct sq_input_file *stream);

/* `n` bytes at `offset`; *got < n only at the end of the file. SQ_EIO, SQ_EFORMAT (damaged). */
int sq_input_file_read(struct sq_error *err, struct sq_input_file *stream, uint64_t offset,
                       unsigned char *out, size_t n, size_t *got);

/* Bytes in all, uncompressed; of a compressed file, which must be inflated for it, counted no
 * further than a little past `enough`. SQ_EIO, SQ_EFORMAT (damaged, or its end is missing). */
int sq_input_file_size(struct sq_error *err, struct sq_input_file *stream, uint64_t enough,
                       uint64_t *size);

#endif
