/* The request to stop waiting for bytes: set once, seen at once by every thread that waits in a
 * system call (the reading end of a pipe becomes readable). */
#ifndef SQ_SOURCE_STOP_H
#define SQ_SOURCE_STOP_H

#include "kernels/base/status.h"

#include <stdatomic.h>
#include <stdbool.h>

struct sq_source_stop {
    int fd[2]; /* a pipe; -1: not open */
    atomic_bool is_set;
};

/* SQ_EIO: no pipe can be made. sq_source_stop_close() is due after success. */
int sq_source_stop_open(struct sq_error *err, struct sq_source_stop *stop);
void sq_source_stop_close(struct sq_source_stop *stop);

/* From any thread; it stays set. */
void sq_source_stop_set(struct sq_source_stop *stop);
bool sq_source_stop_is_set(const struct sq_source_stop *stop);

/* Wait until `fd` has bytes or a connection, or ends. SQ_EINTERRUPTED: until the request was set;
 * `path` begins the sentence. SQ_EIO. `stop` NULL: do not wait. */
int sq_source_stop_await(struct sq_error *err, const struct sq_source_stop *stop, const char *path,
                         int fd);

#endif
