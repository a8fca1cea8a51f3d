#include "sim/report/until_sigint.h"

#include <signal.h>
#include <uv.h>

struct watch {
    int (*job)(void *data);
    void (*stop)(void *data);
    void *data;
    int status;
    uv_loop_t loop;
    uv_async_t done;
    uv_signal_t on_sigint;
    uv_thread_t thread;
};

static void do_job(void *data)
{
    struct watch *watch = data;
    watch->status = watch->job(watch->data);
    uv_async_send(&watch->done);
}

static void close_all(struct watch *watch)
{
    uv_close((uv_handle_t *)&watch->done, NULL);
    uv_close((uv_handle_t *)&watch->on_sigint, NULL);
}

static void on_done(uv_async_t *done)
{
    close_all(done->data);
}

static void on_sigint(uv_signal_t *handle, int number)
{
    struct watch *watch = handle->data;
    (void)number;
    watch->stop(watch->data);
    uv_signal_stop(handle);
}

/* Turn the loop until the job is done. */
static int turn(struct sq_error *err, struct watch *watch)
{
    watch->done.data = watch->on_sigint.data = watch;
    uv_signal_init(&watch->loop, &watch->on_sigint);
    uv_signal_start(&watch->on_sigint, on_sigint, SIGINT);
    const int failed = uv_thread_create(&watch->thread, do_job, watch);
    if (failed != 0)
        close_all(watch);
    uv_run(&watch->loop, UV_RUN_DEFAULT);
    if (failed != 0)
        return sq_fail(err, SQ_ENOMEM, "cannot start a thread: %s", uv_strerror(failed));
    uv_thread_join(&watch->thread);
    return watch->status;
}

int sq_until_sigint(struct sq_error *err, int (*job)(void *data), void (*stop)(void *data),
                    void *data)
{
    struct watch watch = {.job = job, .stop = stop, .data = data};
    if (uv_loop_init(&watch.loop) != 0)
        return sq_fail(err, SQ_ENOMEM, "cannot set up an event loop");
    const int status = uv_async_init(&watch.loop, &watch.done, on_done) == 0
                           ? turn(err, &watch)
                           : sq_fail(err, SQ_ENOMEM, "cannot set up an event loop");
    uv_loop_close(&watch.loop);
    return status;
}
