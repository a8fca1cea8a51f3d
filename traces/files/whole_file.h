/* Files by name: what kind they are, how they begin, all that is in them. */
#ifndef SQ_WHOLE_FILE_H
#define SQ_WHOLE_FILE_H

#include "kernels/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Is there a regular file? A pipe cannot be read again, and may block. */
bool sq_file_is_regular(const char *path);

/* The first `room` bytes of a regular file, or as many as it has; 0: none can be read. */
size_t sq_file_head(const char *path, void *head, size_t room);

/* n > 0 bytes as a file to read from, without a descriptor; they outlive it. NULL: out of memory. */
FILE *sq_file_of_bytes(unsigned char *bytes, size_t n);

/* Read a file, which may be a pipe, to its end.
 *   most        bytes that it may have
 *   too_large   the complaint about more, "larger than 4 MiB, expected a table"
 *   text        [*size + 1], zero-terminated; freed by the caller. NULL after a failure
 * SQ_EIO, SQ_EFORMAT (too large), SQ_ENOMEM. */
int sq_file_read(struct sq_error *err, const char *path, size_t most, const char *too_large,
                 char **text, size_t *size);

#endif
