/* The target of a stream: a pipe or socket that libuv writes to without waiting, or a file that is
 * written at once. */
#ifndef SQ_STREAM_TARGET_H
#define SQ_STREAM_TARGET_H

#include "kernels/base/status.h"
#include "traces/files/output.h"

#include <uv.h>

struct sq_stream_target {
    const char *name; /* as it was given; begins error sentences */
    int is_file;      /* 1: `output` is written; 0: `handle` */
    struct sq_output output;
    union {
        uv_handle_t any;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } handle;
    int connected; /* libuv's status of connecting */
    int flags;     /* of the descriptor that libuv made non-blocking, to be put back; -1: none */
};

/* Open "-", PATH, "tcp://HOST:PORT" or "unix:PATH"; a socket is connected when this returns.
 * Opening a FIFO waits for its reader. The loop serves nothing else meanwhile. SQ_EUSAGE (no
 * such form, a regular file that exists and is not to be replaced by `force`), SQ_EIO (no such
 * host, refused), SQ_ENOMEM; then there is nothing to close. */
int sq_stream_target_open(struct sq_error *err, uv_loop_t *loop, const char *name, int force,
                          struct sq_stream_target *target);

/* "tcp://localhost:5000: cannot be written to: broken pipe"; SQ_EIO. */
int sq_stream_target_failed(struct sq_error *err, const struct sq_stream_target *target,
                            const char *what, int uv_status);

/* Close with the status of what was sent; the loop must run once more. A file takes its name if
 * that was SQ_OK, and is removed if not. Returns `status`, or SQ_EIO. */
int sq_stream_target_close(struct sq_error *err, struct sq_stream_target *target, int status);

#endif
