/* spikeq_events(): what a recording holds; its events and frames as files. */
#include "kernels/base/little.h"
#include "sim/api/context.h"
#include "sim/events/events_report.h"
#include "sim/events/formats/event_open.h"
#include "sim/events/reader/event.h"
#include "traces/files/output.h"

#include <stdlib.h>
#include <string.h>

enum { RECORD = 13 };

/* Canonical dumps: events in the order of the file, 13 bytes each, little-endian: int64 t in us,
 * uint16 x, uint16 y, uint8 p. */
static int dump_batch(struct sq_error *err, struct sq_output *out,
                      const struct sq_event_batch *batch)
{
    unsigned char bytes[SQ_EVENT_BATCH * RECORD], *at = bytes;
    for (size_t i = 0; i < batch->n; i++, at += RECORD) {
        const struct sq_camera_event *e = &batch->event[i];
        sq_put_le(at, (uint64_t)e->t, 8);
        sq_put_le(at + 8, e->x, 2);
        sq_put_le(at + 10, e->y, 2);
        sq_put_le(at + 12, e->p, 1);
    }
    return sq_output_write(err, out, bytes, (size_t)(at - bytes));
}

/* One pass: the profile, and a dump unless `out` is NULL. */
static int read_all(struct sq_error *err, struct sq_camera *reader, struct sq_output *out,
                    struct sq_event_profile *profile)
{
    const struct sq_event_batch *batch;
    int rc = out != NULL ? sq_output_open(err, out) : SQ_OK;
    *profile = sq_event_profile_empty();
    while (rc == SQ_OK && (rc = sq_camera_next(reader, &batch)) == SQ_OK && batch->n > 0) {
        sq_event_profile_add(profile, batch);
        if (out != NULL)
            rc = dump_batch(err, out, batch);
    }
    return rc;
}

static int read_and_dump(struct sq_error *err, struct sq_camera *reader,
                         const struct sq_events_choices *options, struct sq_event_profile *profile)
{
    struct sq_output out;
    if (options->dump == NULL)
        return read_all(err, reader, NULL, profile);
    const int rc = sq_output_begin(err, &out, options->dump, options->force);
    return rc != SQ_OK ? rc : sq_output_end(err, &out, read_all(err, reader, &out, profile));
}

static int make_frames(struct sq_error *err, struct sq_camera *reader,
                       const struct sq_events_choices *options,
                       const struct sq_event_profile *profile, struct sq_frame_summary *frames)
{
    const uint32_t bin = options->bin > 0 ? options->bin : 1;
    if (!sq_camera_is_file(reader))
        return sq_fail(err, SQ_EUSAGE,
                       "%s: frames need a file, which is read twice; spikeq run bins streams",
                       options->path);
    return sq_frame_file_make(err, options->path, reader, profile, options->frames, bin,
                              options->frames_out, options->force, frames);
}

static int check_options(struct sq_error *err, const struct sq_events_choices *options)
{
    struct sq_frame_rule rule;
    if (options->frames == NULL && (options->bin > 0 || options->frames_out != NULL))
        return sq_fail(err, SQ_EUSAGE, "frames are asked for, but by no rule");
    if ((options->width > 0) != (options->height > 0) || options->width > SQ_EVENT_MAX_SIDE ||
        options->height > SQ_EVENT_MAX_SIDE || options->bin > SQ_EVENT_MAX_SIDE)
        return sq_fail(err, SQ_EUSAGE, "sizes are from 1 to %d pixels", SQ_EVENT_MAX_SIDE);
    return options->frames != NULL ? sq_frame_rule_parse(err, options->frames, &rule) : SQ_OK;
}

/* Everything for one open recording. */
static int work(struct sq_error *err, struct sq_camera *reader,
                const struct sq_events_choices *options, char **text)
{
    struct sq_frame_summary frames = {.max = 0};
    struct sq_events_report report = {.path = options->path};
    int rc = read_and_dump(err, reader, options, &report.profile);
    report.facts = *sq_camera_facts(reader);
    if (rc == SQ_OK && options->frames != NULL) {
        rc = make_frames(err, reader, options, &report.profile, &frames);
        report.frames = &frames;
    }
    if (rc == SQ_OK)
        rc = options->as_json ? sq_events_report_json(err, &report, text)
                              : sq_events_report_text(err, &report, text);
    sq_frame_summary_free(&frames);
    return rc;
}

int sq_api_events(spikeq_ctx *ctx, const struct sq_events_choices *options, char **text)
{
    const struct sq_event_options inner = {.view = options->view,
                                           .format = options->format,
                                           .camera = options->camera,
                                           .width = options->width,
                                           .height = options->height,
                                           .tolerate = options->tolerate != 0,
                                           .keep = options->frames != NULL || options->width == 0};
    struct sq_camera *reader = NULL;
    int rc = check_options(&ctx->error, options);
    if (rc == SQ_OK)
        rc = sq_camera_open(&ctx->error, options->path, &inner, &reader);
    if (rc == SQ_OK)
        rc = work(&ctx->error, reader, options, text);
    sq_camera_close(reader);
    return rc;
}
