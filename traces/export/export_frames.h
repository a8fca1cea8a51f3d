/* Exports that are one stream of bytes, frame after frame. */
#ifndef SQ_EXPORT_FRAMES_H
#define SQ_EXPORT_FRAMES_H

#include "traces/export/buffer.h"
#include "traces/export/export.h"
#include "traces/files/output.h"
#include "traces/read/trace_events.h"

/* An export under way: bytes are added to `buffer` and written from there. */
struct sq_export_frames {
    struct sq_output output;
    struct sq_buffer buffer;
    const struct sq_selection *selection;
};

/* A format: what it writes before the first frame, for each frame, and after the last. `data` is
 * the format's own. */
struct sq_frame_format {
    enum sq_event_order order;
    int (*head)(struct sq_error *err, struct sq_export_frames *to, void *data);
    int (*frame)(struct sq_error *err, struct sq_export_frames *to, void *data,
                 const struct sq_frame_events *events);
    int (*end)(struct sq_error *err, struct sq_export_frames *to, void *data); /* or NULL */
};

/* The whole export. What the format's functions and sq_export_csv() refuse. */
int sq_export_frames(struct sq_error *err, const struct sq_export *export,
                     const struct sq_frame_format *format, void *data);

/* Write the buffer out if it is large: for a format that adds a lot in one frame. */
int sq_export_flush(struct sq_error *err, struct sq_export_frames *to);

/* The complaint of a buffer that cannot grow; SQ_ENOMEM. */
int sq_export_no_memory(struct sq_error *err, const struct sq_export_frames *to);

#endif
