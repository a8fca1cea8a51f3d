#include "sim/record/recorder_writer.h"

#include "traces/format/codec.h"

#include <stdlib.h>
#include <uv.h>

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
    uint64_t n_full, n_wanted;             /* of them; how many the thread is woken for */
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

/* Take all full buffers, as soon as there are several: a thread that is woken for each sample costs
 * the run more than what it writes. NULL when no more will come. */
static struct sq_record_buffer *take_full(struct sq_record_writer *writer)
{
    uv_mutex_lock(&writer->mutex);
    while (writer->n_full < writer->n_wanted && !writer->is_ending)
        uv_cond_wait(&writer->changed, &writer->mutex);
    struct sq_record_buffer *buffer = writer->first;
    writer->first = writer->last = NULL;
    writer->n_full = 0;
    uv_mutex_unlock(&writer->mutex);
    return buffer;
}

static int write_one(struct sq_record_writer *writer, const struct sq_record_buffer *buffer)
{
    const size_t n = pack_frames(writer, buffer);
    return sq_trace_put(&writer->error, writer->trace, &buffer->sample, writer->frame, n);
}

/* Give buffers back, and what writing them came to. */
static void give_back(struct sq_record_writer *writer, struct sq_record_buffer *first,
                      struct sq_record_buffer *last, int status)
{
    uv_mutex_lock(&writer->mutex);
    last->next = writer->idle;
    writer->idle = first;
    writer->status = status;
    uv_cond_signal(&writer->changed);
    uv_mutex_unlock(&writer->mutex);
}

static void write_all(void *data)
{
    struct sq_record_writer *writer = data;
    struct sq_record_buffer *first;
    int status = SQ_OK;
    while ((first = take_full(writer)) != NULL) {
        struct sq_record_buffer *last = first;
        for (struct sq_record_buffer *buffer = first; buffer != NULL; buffer = buffer->next) {
            if (status == SQ_OK)
                status = write_one(writer, buffer);
            last = buffer;
        }
        give_back(writer, first, last, status);
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
    if (++writer->n_full >= writer->n_wanted)
        uv_cond_signal(&writer->changed);
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

/* No more will be given; what came of what was. */
static int end_thread(struct sq_error *err, struct sq_record_writer *writer)
{
    join(writer);
    if (writer->status != SQ_OK)
        sq_error_copy(err, &writer->error);
    return writer->status;
}

int sq_record_writer_amend(struct sq_error *err, struct sq_record_writer *writer, const char *key,
                           const char *value)
{
    const int status = end_thread(err, writer);
    return status == SQ_OK ? sq_trace_amend(err, writer->trace, key, value) : status;
}

int sq_record_writer_finish(struct sq_error *err, struct sq_record_writer *writer)
{
    const int status = end_thread(err, writer);
    return status == SQ_OK ? sq_trace_finish(err, writer->trace) : status;
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
