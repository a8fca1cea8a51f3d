#include "sim/replay/stream_pump.h"

#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

/* Writing to a reader that went away must be an error code, not the end of the process; and the
 * caller's own handling of the signal must stay. */
struct held_sigpipe {
    sigset_t mask; /* of the thread, before */
    int was_pending;
};

static void only_sigpipe(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGPIPE);
}

static int is_pending(void)
{
    sigset_t pending;
    sigpending(&pending);
    return sigismember(&pending, SIGPIPE) == 1;
}

/* Hold off SIGPIPE in this thread. */
static void hold_sigpipe(struct held_sigpipe *held)
{
    sigset_t set;
    only_sigpipe(&set);
    held->was_pending = is_pending();
    pthread_sigmask(SIG_BLOCK, &set, &held->mask);
}

/* Drop the one that came meanwhile, and put the mask back. */
static void release_sigpipe(const struct held_sigpipe *held)
{
    sigset_t set;
    only_sigpipe(&set);
    if (!held->was_pending && is_pending())
        sigtimedwait(&set, NULL, &(struct timespec){0});
    pthread_sigmask(SIG_SETMASK, &held->mask, NULL);
}

enum { BATCH_BYTES = 1 << 16, MOST_UNSENT = 1 << 20 };

struct write {
    uv_write_t request;
    struct sq_stream *stream;
    struct sq_stream_batch batch;
};

static void pump(struct sq_stream *stream);

static void stop(struct sq_stream *stream, int status)
{
    if (stream->status == SQ_OK)
        stream->status = status;
}

static void count(struct sq_stream *stream, const struct sq_stream_batch *batch)
{
    stream->result.frames += batch->frames;
    stream->result.events += batch->events;
}

static void on_written(uv_write_t *request, int status)
{
    struct write *write = request->data;
    struct sq_stream *stream = write->stream;
    stream->unsent -= write->batch.buffer.n;
    if (status == 0)
        count(stream, &write->batch);
    else if (status == UV_EPIPE || status == UV_ECONNRESET)
        stream->result.reader_left = 1;
    else if (status != UV_ECANCELED)
        stop(stream, sq_stream_target_failed(stream->err, &stream->target, "written to", status));
    sq_buffer_free(&write->batch.buffer);
    free(write);
    pump(stream);
}

/* Send the batch to a pipe or socket; it belongs to the write from then on. */
static void send_batch(struct sq_stream *stream)
{
    struct write *write = malloc(sizeof *write);
    if (write == NULL) {
        stop(stream, sq_fail(stream->err, SQ_ENOMEM, "%s: out of memory", stream->target.name));
        return;
    }
    *write = (struct write){.stream = stream, .batch = stream->batch};
    write->request.data = write;
    stream->batch = (struct sq_stream_batch){0};
    uv_buf_t bytes = uv_buf_init((char *)write->batch.buffer.data, (unsigned)write->batch.buffer.n);
    stream->unsent += write->batch.buffer.n;
    const int status =
        uv_write(&write->request, &stream->target.handle.stream, &bytes, 1, on_written);
    if (status != 0) {
        stream->unsent -= write->batch.buffer.n;
        sq_buffer_free(&write->batch.buffer);
        free(write);
        stop(stream, sq_stream_target_failed(stream->err, &stream->target, "written to", status));
    }
}

static void flush(struct sq_stream *stream)
{
    struct sq_stream_batch *batch = &stream->batch;
    if (batch->buffer.n == 0 || stream->status != SQ_OK)
        return;
    if (!stream->target.is_file) {
        send_batch(stream);
        return;
    }
    stop(stream,
         sq_output_write(stream->err, &stream->target.output, batch->buffer.data, batch->buffer.n));
    if (stream->status == SQ_OK)
        count(stream, batch);
    batch->buffer.n = 0;
    batch->frames = batch->events = 0;
}

static void on_time(uv_timer_t *timer)
{
    struct sq_stream *stream = timer->data;
    stream->is_waiting = 0;
    pump(stream);
}

/* The current frame begins a timestep: is it too early? */
static int must_wait(struct sq_stream *stream)
{
    const int is_new = stream->n_steps == 0 || stream->sample != stream->next.sample ||
                       stream->timestep != stream->next.timestep;
    if (!is_new)
        return 0;
    stream->sample = stream->next.sample;
    stream->timestep = stream->next.timestep;
    const uint64_t due_ms = stream->start_ms + stream->n_steps++ * stream->pace_ms;
    if (stream->pace_ms == 0)
        return 0;
    flush(stream);
    uv_update_time(&stream->loop);
    const uint64_t now_ms = uv_now(&stream->loop);
    if (due_ms <= now_ms)
        return 0;
    stream->is_waiting = 1;
    uv_timer_start(&stream->timer, on_time, due_ms - now_ms, 0);
    return 1;
}

/* Everything is in batches: add the end record. */
static void end(struct sq_stream *stream)
{
    stop(stream, sq_aer_end(stream->err, &stream->aer, &stream->batch.buffer));
    flush(stream);
    stream->is_whole = 1;
}

/* Advance by one frame, or begin to wait. */
static void step(struct sq_stream *stream)
{
    if (!stream->has_next) {
        const int found = sq_event_reader_next(stream->err, stream->reader, &stream->next);
        if (found == 0)
            end(stream);
        if (found < 0)
            stop(stream, found);
        stream->has_next = found == 1;
        if (found != 1 || must_wait(stream))
            return;
    }
    stream->has_next = 0;
    stop(stream, sq_aer_frame(stream->err, &stream->aer, &stream->next, &stream->batch.buffer));
    stream->batch.frames++;
    stream->batch.events += stream->next.n;
    if (stream->batch.buffer.n >= BATCH_BYTES)
        flush(stream);
}

static int is_over(const struct sq_stream *stream)
{
    return stream->status != SQ_OK || stream->result.reader_left ||
           (stream->is_whole && stream->unsent == 0);
}

/* Proceed as far as reader and clock allow; close when there is nothing more to do. */
static void pump(struct sq_stream *stream)
{
    while (!is_over(stream) && !stream->is_whole && !stream->is_waiting &&
           stream->unsent < MOST_UNSENT)
        step(stream);
    if (is_over(stream) && !stream->is_closed) {
        stream->is_closed = 1;
        uv_close((uv_handle_t *)&stream->timer, NULL);
        stream->status = sq_stream_target_close(stream->err, &stream->target, stream->status);
    }
}

static void run(struct sq_stream *stream)
{
    uv_timer_init(&stream->loop, &stream->timer);
    stream->timer.data = stream;
    stream->start_ms = uv_now(&stream->loop);
    stop(stream, sq_aer_head(stream->err, &stream->aer, &stream->batch.buffer));
    pump(stream);
    uv_run(&stream->loop, UV_RUN_DEFAULT);
    sq_buffer_free(&stream->batch.buffer);
}

/* The loop, the target, and the run between. */
int sq_stream_run(struct sq_stream *stream, const char *target, int force)
{
    struct held_sigpipe held;
    const int status = uv_loop_init(&stream->loop);
    if (status != 0)
        return sq_fail(stream->err, SQ_EIO, "%s: cannot be opened: %s", target,
                       uv_strerror(status));
    hold_sigpipe(&held);
    stop(stream, sq_stream_target_open(stream->err, &stream->loop, target, force, &stream->target));
    if (stream->status == SQ_OK)
        run(stream);
    release_sigpipe(&held);
    uv_loop_close(&stream->loop);
    return stream->status;
}
