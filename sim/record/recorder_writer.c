#include "sim/record/recorder_writer.h"

#include "traces/format/codec.h"

#include <stdlib.h>
#include <uv.h>

/* No finished sample waits longer for the end of its transaction: no more than that is lost when
 * the process or the disk fails. */
static const uint64_t MOST_NS = 500 * 1000 * 1000;

struct sq_record_writer {
    struct sq_trace_writer *trace;
    const struct sq_encode_plan *plan;
    enum sq_trace_codec codec;
    struct sq_packer *packer;     /* NULL: nothing is compressed */
    unsigned char *packed;        /* [n_bytes] of a sample, compressed */
    struct sq_trace_frame *frame; /* [n_frames] of a sample, those that are there */
    struct sq_arena arena;        /* of the above and the spare buffers */
    int is_running;
    uv_thread_t thread;
    uv_mutex_t mutex; /* of all below */
    uv_cond_t changed;
    struct sq_record_buffer *first, *last; /* full ones, in order */
    uint64_t n_full, n_wanted;             /* of them; how many the thread waits for */
    uint64_t oldest_ns; /* when the first sample that may be lost was given; 0: no such sample */
    struct sq_record_buffer *idle;
    int is_ending;
    int status;            /* the first failure of the thread, */
    struct sq_error error; /* and its sentence: the thread's until status is set */
};

/* The sample's frames that are there, each compressed if that makes it smaller. */
static size_t pack_frames(struct sq_record_writer *writer, const struct sq_record_buffer *buffer)
{
    unsigned char *out = writer->packed;
    size_t n = 0;
    for (size_t i = 0; i < writer->plan->n_frames; i++) {
        struct sq_trace_frame *frame = &writer->frame[n];
        *frame = buffer->frame[i];
        if (frame->encoding == SQ_FRAME_MISSING)
            continue;
        n++;
        if (writer->packer == NULL || frame->size == 0)
            continue;
        const size_t packed = sq_pack(writer->packer, frame->data, frame->size, out);
        if (packed == 0)
            continue;
        frame->data = out;
        frame->size = packed;
        frame->codec = (uint8_t)writer->codec;
        out += packed;
    }
    return n;
}

/* Time left until the oldest sample is due to be written down; MOST_NS without one. */
static uint64_t time_left(const struct sq_record_writer *writer)
{
    const uint64_t age = writer->oldest_ns > 0 ? uv_hrtime() - writer->oldest_ns : 0;
    return age < MOST_NS ? MOST_NS - age : 0;
}

/* What the thread does next. */
struct task {
    struct sq_record_buffer *first; /* to be written, in order; NULL: none */
    int commits;                    /* and then it ends the transaction */
    int is_last;                    /* no more will come */
};

/* All full buffers, as soon as there are several or one is due: a thread that is woken for each
 * sample costs the run more than what it writes. */
static struct task take_task(struct sq_record_writer *writer)
{
    struct task task = {0};
    uv_mutex_lock(&writer->mutex);
    uint64_t left;
    while ((left = time_left(writer)) > 0 && writer->n_full < writer->n_wanted &&
           !writer->is_ending) {
        if (writer->oldest_ns > 0)
            uv_cond_timedwait(&writer->changed, &writer->mutex, left);
        else
            uv_cond_wait(&writer->changed, &writer->mutex);
    }
    task.commits = left == 0;
    task.is_last = writer->is_ending;
    task.first = writer->first;
    writer->first = writer->last = NULL;
    writer->n_full = 0;
    if (task.commits)
        writer->oldest_ns = 0; /* what is given from now on is not in this transaction */
    uv_mutex_unlock(&writer->mutex);
    return task;
}

static int write_one(struct sq_record_writer *writer, const struct sq_record_buffer *buffer)
{
    const size_t n = pack_frames(writer, buffer);
    return sq_trace_put(&writer->error, writer->trace, &buffer->sample, writer->frame, n);
}

/* Give buffers back, with the status of writing them. */
static void give_back(struct sq_record_writer *writer, struct sq_record_buffer *first,
                      struct sq_record_buffer *last, int status)
{
    uv_mutex_lock(&writer->mutex);
    if (first != NULL && last != NULL) {
        last->next = writer->idle;
        writer->idle = first;
    }
    writer->status = status;
    uv_cond_signal(&writer->changed);
    uv_mutex_unlock(&writer->mutex);
}

/* Write all buffers of a list; the last one of it. */
static struct sq_record_buffer *write_list(struct sq_record_writer *writer,
                                           struct sq_record_buffer *first, int *status)
{
    struct sq_record_buffer *last = first;
    for (struct sq_record_buffer *buffer = first; buffer != NULL; buffer = buffer->next) {
        if (*status == SQ_OK)
            *status = write_one(writer, buffer);
        last = buffer;
    }
    return last;
}

static void write_all(void *data)
{
    struct sq_record_writer *writer = data;
    struct task task = {0};
    int status = SQ_OK, is_told = 0;
    while (!task.is_last) {
        task = take_task(writer);
        struct sq_record_buffer *last = write_list(writer, task.first, &status);
        if (task.commits && status == SQ_OK)
            status = sq_trace_commit(&writer->error, writer->trace);
        if (status != SQ_OK && !is_told)
            sq_trace_say_kept(&writer->error, writer->trace);
        is_told = status != SQ_OK;
        if (last != NULL || status != SQ_OK)
            give_back(writer, task.first, last, status);
    }
}

static int take_room(struct sq_error *err, struct sq_record_writer *writer, uint64_t n_spare)
{
    writer->frame = sq_arena_alloc(&writer->arena, writer->plan->n_frames, sizeof *writer->frame);
    writer->packed = sq_arena_alloc(&writer->arena, writer->plan->n_bytes, 1);
    if (writer->frame == NULL || writer->packed == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for the writer of a trace");
    int status = SQ_OK;
    writer->n_wanted = (n_spare + 1) / 2;
    for (uint64_t i = 0; status == SQ_OK && i < n_spare; i++) {
        struct sq_record_buffer *buffer;
        status = sq_record_buffer_new(err, &writer->arena, writer->plan, &buffer);
        if (status == SQ_OK) {
            buffer->next = writer->idle;
            writer->idle = buffer;
        }
    }
    if (status == SQ_OK && writer->codec != SQ_CODEC_NONE)
        status = sq_packer_new(err, writer->codec, &writer->packer);
    return status;
}

static int start_thread(struct sq_error *err, struct sq_record_writer *writer)
{
    if (uv_mutex_init(&writer->mutex) != 0)
        return sq_fail(err, SQ_ENOMEM, "cannot set up the writer of a trace");
    if (uv_cond_init(&writer->changed) == 0) {
        writer->is_running = uv_thread_create(&writer->thread, write_all, writer) == 0;
        if (writer->is_running)
            return SQ_OK;
        uv_cond_destroy(&writer->changed);
    }
    uv_mutex_destroy(&writer->mutex);
    return sq_fail(err, SQ_ENOMEM, "cannot start the writer of a trace");
}

int sq_record_writer_start(struct sq_error *err, struct sq_trace_writer *trace,
                           const struct sq_encode_plan *plan, enum sq_trace_codec codec,
                           uint64_t n_spare, struct sq_record_writer **out)
{
    struct sq_record_writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL) {
        sq_trace_writer_free(trace);
        return sq_fail(err, SQ_ENOMEM, "out of memory for the writer of a trace");
    }
    writer->trace = trace;
    writer->plan = plan;
    writer->codec = codec;
    int status = take_room(err, writer, n_spare);
    if (status == SQ_OK)
        status = start_thread(err, writer);
    if (status == SQ_OK)
        *out = writer;
    else
        sq_record_writer_free(writer);
    return status;
}

int sq_record_writer_give(struct sq_error *err, struct sq_record_writer *writer,
                          struct sq_record_buffer *buffer, struct sq_record_buffer **slot)
{
    uv_mutex_lock(&writer->mutex);
    buffer->next = NULL;
    if (writer->last != NULL)
        writer->last->next = buffer;
    else
        writer->first = buffer;
    writer->last = buffer;
    writer->n_full++;
    if (writer->oldest_ns == 0 || writer->n_full >= writer->n_wanted)
        uv_cond_signal(&writer->changed);
    if (writer->oldest_ns == 0)
        writer->oldest_ns = uv_hrtime();
    while (writer->idle == NULL)
        uv_cond_wait(&writer->changed, &writer->mutex);
    *slot = writer->idle;
    writer->idle = writer->idle->next;
    const int status = writer->status;
    if (status != SQ_OK)
        sq_error_copy(err, &writer->error);
    uv_mutex_unlock(&writer->mutex);
    return status;
}

/* Let the thread do what it was given, and end. */
static void join(struct sq_record_writer *writer)
{
    if (!writer->is_running)
        return;
    uv_mutex_lock(&writer->mutex);
    writer->is_ending = 1;
    uv_cond_signal(&writer->changed);
    uv_mutex_unlock(&writer->mutex);
    uv_thread_join(&writer->thread);
    uv_cond_destroy(&writer->changed);
    uv_mutex_destroy(&writer->mutex);
    writer->is_running = 0;
}

/* No more buffers will follow; the status of those that did. */
static int end_thread(struct sq_error *err, struct sq_record_writer *writer)
{
    join(writer);
    if (writer->status != SQ_OK)
        sq_error_copy(err, &writer->error);
    return writer->status;
}

static void say_kept(struct sq_error *err, const struct sq_record_writer *writer, int status)
{
    if (status == SQ_EIO || status == SQ_ENOMEM)
        sq_trace_say_kept(err, writer->trace);
}

int sq_record_writer_amend(struct sq_error *err, struct sq_record_writer *writer, const char *key,
                           const char *value)
{
    int status = end_thread(err, writer);
    if (status == SQ_OK) {
        status = sq_trace_amend(err, writer->trace, key, value);
        say_kept(err, writer, status);
    }
    return status;
}

int sq_record_writer_keep(struct sq_error *err, struct sq_record_writer *writer)
{
    int status = end_thread(err, writer);
    if (status == SQ_OK) {
        status = sq_trace_commit(err, writer->trace);
        say_kept(err, writer, status);
    }
    return status;
}

int sq_record_writer_finish(struct sq_error *err, struct sq_record_writer *writer)
{
    int status = end_thread(err, writer);
    if (status == SQ_OK) {
        status = sq_trace_finish(err, writer->trace);
        say_kept(err, writer, status);
    }
    return status;
}

void sq_record_writer_free(struct sq_record_writer *writer)
{
    if (writer == NULL)
        return;
    join(writer);
    sq_trace_writer_free(writer->trace);
    sq_packer_free(writer->packer);
    sq_arena_free(&writer->arena);
    free(writer);
}
