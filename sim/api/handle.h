/* What every handle guards against: calls of two threads at once, calls after fork(), structs without a size. */
#ifndef SQ_HANDLE_H
#define SQ_HANDLE_H

#include "sim/api/context.h"

#include <unistd.h>

struct sq_handle {
    spikeq_ctx *ctx;  /* held */
    const char *what; /* "session" */
    atomic_flag is_busy;
    pid_t process;
};

static inline void sq_handle_open(struct sq_handle *handle, spikeq_ctx *ctx, const char *what)
{
    handle->ctx = sq_ctx_hold(ctx);
    handle->what = what;
    atomic_flag_clear(&handle->is_busy);
    handle->process = getpid();
}

/* Begin a call: SQ_OK, SQ_EUSAGE after fork(), SQ_EBUSY. Only after SQ_OK is it ended. */
static inline int sq_handle_enter(struct sq_handle *handle)
{
    if (getpid() != handle->process)
        return sq_fail(&handle->ctx->error, SQ_EUSAGE,
                       "the %s belongs to process %ld, which forked: open another one here",
                       handle->what, (long)handle->process);
    return atomic_flag_test_and_set(&handle->is_busy) ? SQ_EBUSY : SQ_OK;
}

/* End it; returns `status`. */
static inline int sq_handle_leave(struct sq_handle *handle, int status)
{
    atomic_flag_clear(&handle->is_busy);
    return status;
}

#endif
