/* The file that an export writes: whole, or not there.
 *
 *   sq_output_begin(err, &out, path, force);    refuses what must be kept
 *   ... write sq_output_path(&out), or sq_output_open() and sq_output_write() ...
 *   sq_output_end(err, &out, status);           takes the name, or removes what was written
 *
 * Until the end the file is PATH.partial. Standard output ("-"), pipes and devices are written
 * directly. */
#ifndef SQ_OUTPUT_H
#define SQ_OUTPUT_H

#include "kernels/base/status.h"

#include <stddef.h>

struct sq_output {
    const char *path;
    char *partial; /* NULL: written in place */
    int fd;        /* -1: not open */
};

/* Begin; `path` must outlive *out.
 *   force   1: an existing file is replaced, at the end; 0: it is refused (SQ_EUSAGE)
 * SQ_EUSAGE, SQ_ENOMEM; then there is nothing to end. */
int sq_output_begin(struct sq_error *err, struct sq_output *out, const char *path, int force);

/* For libraries that write files themselves: where to write, or NULL where only a regular file will
 * do and `path` is not one (SQ_EUSAGE). */
const char *sq_output_path(struct sq_error *err, const struct sq_output *out);

/* Open for sq_output_write(). SQ_EIO. */
int sq_output_open(struct sq_error *err, struct sq_output *out);

/* All n bytes; SQ_EIO, such as a full disk. */
int sq_output_write(struct sq_error *err, struct sq_output *out, const void *data, size_t n);

/* A whole file of n bytes: begin, open, write, end. */
int sq_output_save(struct sq_error *err, const char *path, const void *data, size_t n, int force);

/* End with the status of what was done between: SQ_OK gives the file its name, anything else
 * removes it. Returns `status`, or SQ_EIO. */
int sq_output_end(struct sq_error *err, struct sq_output *out, int status);

#endif
