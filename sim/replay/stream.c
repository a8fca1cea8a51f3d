/* spikeq_stream(): events of a trace, in the order of time, to whoever listens.
 *
 *   frames -> batch (a buffer of address events) -> writes under way -> the reader
 *
 * The trace is read on only while fewer than MOST_UNSENT bytes are under way. With a pace, a
 * timestep waits for its time; what a slow reader delayed is not waited for twice. */
#include "sim/replay/stream_target.h"

#include "sim/context.h"
#include "sim/replay/sigpipe.h"
#include "traces/export/address_events.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH_BYTES = 1 << 16, MOST_UNSENT = 1 << 20, MOST_PACE_MS = 24 * 60 * 60 * 1000 };

/* Bytes that are made or sent together, and what they hold. */
struct batch {
    struct sq_buffer buffer;
    uint64_t frames, events;
};

struct stream {
    struct sq_error *err;
    int status;
    struct sq_event_reader *reader;
    struct sq_aer aer;
    struct sq_stream_target target;
    uv_loop_t loop;
    uv_timer_t timer;
    struct batch batch;
    size_t unsent; /* bytes under way */
    struct sq_frame_events next;
    int has_next;              /* `next` is read and not yet in a batch */
    uint64_t pace_ms, n_steps; /* 0: as fast as it goes; timesteps begun */
    uint64_t sample;           /* of the timestep at hand */
    uint32_t timestep;
    uint64_t start_ms;
    int is_waiting, is_whole, is_closed;
    struct spikeq_stream_result result;
};

struct write {
    uv_write_t request;
    struct stream *stream;
    struct batch batch;
};

static void pump(struct stream *stream);

static void stop(struct stream *stream, int status)
{
    if (stream->status == SQ_OK)
        stream->status = status;
}

static void count(struct stream *stream, const struct batch *batch)
{
    stream->result.frames += batch->frames;
    stream->result.events += batch->events;
}

static void on_written(uv_write_t *request, int status)
{
    struct write *write = request->data;
    struct stream *stream = write->stream;
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
static void send_batch(struct stream *stream)
{
    struct write *write = malloc(sizeof *write);
    if (write == NULL) {
        stop(stream, sq_fail(stream->err, SQ_ENOMEM, "%s: out of memory", stream->target.name));
        return;
    }
    *write = (struct write){.stream = stream, .batch = stream->batch};
    write->request.data = write;
    stream->batch = (struct batch){0};
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

static void flush(struct stream *stream)
{
    struct batch *batch = &stream->batch;
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
    struct stream *stream = timer->data;
    stream->is_waiting = 0;
    pump(stream);
}

/* The frame at hand begins a timestep: is it too early for it? */
static int must_wait(struct stream *stream)
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
static void end(struct stream *stream)
{
    stop(stream, sq_aer_end(stream->err, &stream->aer, &stream->batch.buffer));
    flush(stream);
    stream->is_whole = 1;
}

/* One frame on, or into a wait. */
static void step(struct stream *stream)
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

static int is_over(const struct stream *stream)
{
    return stream->status != SQ_OK || stream->result.reader_left ||
           (stream->is_whole && stream->unsent == 0);
}

/* Go on as far as reader and clock allow; close when there is nothing more to do. */
static void pump(struct stream *stream)
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

static void run(struct stream *stream)
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
static void run_on_loop(struct stream *stream, const char *target)
{
    struct sq_sigpipe held;
    const int status = uv_loop_init(&stream->loop);
    if (status != 0) {
        stop(stream,
             sq_fail(stream->err, SQ_EIO, "%s: cannot be opened: %s", target, uv_strerror(status)));
        return;
    }
    sq_sigpipe_hold(&held);
    stop(stream, sq_stream_target_open(stream->err, &stream->loop, target, &stream->target));
    if (stream->status == SQ_OK)
        run(stream);
    sq_sigpipe_release(&held);
    uv_loop_close(&stream->loop);
}

/* "max" or whole milliseconds. */
static int parse_pace(struct sq_error *err, const char *text, uint64_t *pace_ms)
{
    char *rest;
    *pace_ms = 0;
    if (text == NULL || strcmp(text, "max") == 0)
        return SQ_OK;
    errno = 0;
    *pace_ms = strtoull(text, &rest, 10);
    if (*text >= '0' && *text <= '9' && *rest == '\0' && errno == 0 && *pace_ms <= MOST_PACE_MS)
        return SQ_OK;
    return sq_fail(err, SQ_EUSAGE, "--pace %s: expected max, or milliseconds from 0 to %d", text,
                   MOST_PACE_MS);
}

static int parse_form(struct sq_error *err, const char *text, enum sq_aer_form *form)
{
    *form = text != NULL && strcmp(text, "binary") == 0 ? SQ_AER_BINARY : SQ_AER_TEXT;
    if (text == NULL || strcmp(text, "text") == 0 || *form == SQ_AER_BINARY)
        return SQ_OK;
    return sq_fail(err, SQ_EUSAGE, "--form %s: expected text or binary", text);
}

static int stream_trace(const struct spikeq_stream_options *options, const struct sq_range *range,
                        struct stream *stream)
{
    struct sq_trace *trace;
    int status = sq_trace_open(stream->err, options->trace, &trace);
    if (status != SQ_OK)
        return status;
    status = sq_event_reader_open(stream->err, trace, options->populations, range,
                                  SQ_EVENTS_BY_TIME, &stream->reader);
    if (status == SQ_OK) {
        stream->aer.selection = sq_event_reader_selection(stream->reader);
        run_on_loop(stream, options->target);
        status = stream->status;
    }
    sq_event_reader_close(stream->reader);
    sq_trace_close(trace);
    return status;
}

int spikeq_stream(spikeq_ctx *ctx, const struct spikeq_stream_options *options,
                  struct spikeq_stream_result *result)
{
    struct stream stream = {.err = &ctx->error};
    struct sq_range range;
    if (options->trace == NULL || options->target == NULL)
        return sq_fail(&ctx->error, SQ_EUSAGE, "a stream needs a trace and a target");
    int status = parse_pace(&ctx->error, options->pace, &stream.pace_ms);
    if (status == SQ_OK)
        status = parse_form(&ctx->error, options->form, &stream.aer.form);
    if (status == SQ_OK)
        status = sq_range_parse(&ctx->error, "--samples", options->samples, &range);
    if (status == SQ_OK)
        status = stream_trace(options, &range, &stream);
    if (status == SQ_OK && result != NULL)
        *result = stream.result;
    return status;
}
