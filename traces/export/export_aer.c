/* The binary address-event form as a file. */
#include "traces/export/address_events.h"
#include "traces/export/export_frames.h"

static int put_head(struct sq_error *err, struct sq_export_frames *to, void *data)
{
    struct sq_aer *aer = data;
    aer->selection = to->selection;
    return sq_aer_head(err, aer, &to->buffer);
}

static int put_frame(struct sq_error *err, struct sq_export_frames *to, void *data,
                     const struct sq_frame_events *events)
{
    return sq_aer_frame(err, data, events, &to->buffer);
}

static int put_end(struct sq_error *err, struct sq_export_frames *to, void *data)
{
    return sq_aer_end(err, data, &to->buffer);
}

int sq_export_aer(struct sq_error *err, const struct sq_export *export)
{
    static const struct sq_frame_format format = {SQ_EVENTS_BY_TIME, put_head, put_frame, put_end};
    struct sq_aer aer = {.form = SQ_AER_BINARY};
    return sq_export_frames(err, export, &format, &aer);
}
