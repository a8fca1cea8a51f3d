#include "traces/export/export_frames.h"

enum { CHUNK_BYTES = 1 << 16 };

int sq_export_no_memory(struct sq_error *err, const struct sq_export_frames *to)
{
    return sq_fail(err, SQ_ENOMEM, "%s: out of memory", to->output.path);
}

static int flush_all(struct sq_error *err, struct sq_export_frames *to)
{
    const int status = sq_output_write(err, &to->output, to->buffer.data, to->buffer.n);
    to->buffer.n = 0;
    return status;
}

int sq_export_flush(struct sq_error *err, struct sq_export_frames *to)
{
    return to->buffer.n >= CHUNK_BYTES ? flush_all(err, to) : SQ_OK;
}

static int put_all(struct sq_error *err, struct sq_export_frames *to,
                   struct sq_event_reader *reader, const struct sq_frame_format *format, void *data)
{
    struct sq_frame_events events;
    int status = format->head(err, to, data);
    while (status == SQ_OK && (status = sq_event_reader_next(err, reader, &events)) == 1) {
        status = format->frame(err, to, data, &events);
        if (status == SQ_OK)
            status = sq_export_flush(err, to);
    }
    if (status == SQ_OK && format->end != NULL)
        status = format->end(err, to, data);
    return status == SQ_OK ? flush_all(err, to) : status;
}

int sq_export_frames(struct sq_error *err, const struct sq_export *export,
                     const struct sq_frame_format *format, void *data)
{
    struct sq_export_frames to = {0};
    struct sq_event_reader *reader = NULL;
    int status = sq_output_begin(err, &to.output, export->out, export->force);
    if (status != SQ_OK)
        return status;
    status = sq_event_reader_open(err, export->trace, export->globs, &export->range, format->order,
                                  &reader);
    if (status == SQ_OK) {
        to.selection = sq_event_reader_selection(reader);
        status = sq_output_open(err, &to.output);
    }
    if (status == SQ_OK)
        status = put_all(err, &to, reader, format, data);
    sq_event_reader_close(reader);
    sq_buffer_free(&to.buffer);
    return sq_output_end(err, &to.output, status);
}
