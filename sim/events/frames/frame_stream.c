#include "sim/events/frames/frame_stream.h"

#include "kernels/base/checked.h"
#include "sim/events/formats/event_open.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sq_frame_stream {
    const char *path;
    struct sq_error error; /* the camera's: it reads on the thread that asks for frames */
    struct sq_camera *camera;
    struct sq_frame_request request;
    struct sq_frame_rule rule;
    struct sq_frame_grid grid;
    const struct sq_event_batch *batch;
    size_t next; /* event in it */
    bool is_begun, is_over;
    int64_t begin; /* time at which the current frame begins */
    int64_t first, last;
    int32_t *frame, *edge; /* edge: events at the very end of the frame */
    size_t frame_bytes;
    uint64_t n_frame, n_edge; /* events in them */
    uint64_t n_given;         /* frames */
    struct sq_frame_counts counts, shown;
};

static int alloc_frames(struct sq_error *err, struct sq_frame_stream *s)
{
    const uint64_t dim[4] = {sizeof *s->frame, 2, s->grid.height, s->grid.width};
    if (!sq_mul_dims(dim, 4, &s->frame_bytes))
        return sq_fail(err, SQ_ESHAPE, "%s: frames larger than memory", s->path);
    s->frame = calloc(1, s->frame_bytes);
    s->edge = calloc(1, s->frame_bytes);
    return s->frame != NULL && s->edge != NULL
               ? SQ_OK
               : sq_fail(err, SQ_ENOMEM, "%s: out of memory for frames", s->path);
}

static int open_camera(struct sq_error *err, struct sq_frame_stream *s,
                       const struct sq_frame_request *request, uint32_t width, uint32_t height)
{
    int rc = sq_frame_rule_parse(err, request->frames, &s->rule);
    if (rc == SQ_OK && s->rule.kind != SQ_FRAMES_DURATION_NEW &&
        s->rule.kind != SQ_FRAMES_DURATION_OLD && s->rule.kind != SQ_FRAMES_TIMESTEPS)
        rc = sq_fail(err, SQ_EUSAGE,
                     "%s: %s needs the whole recording; a stream is binned by duration:US", s->path,
                     s->rule.text);
    if (rc != SQ_OK)
        return rc;
    rc = sq_camera_open(&s->error, s->path, &request->read, &s->camera);
    if (rc != SQ_OK)
        return sq_fail(err, rc, "%s", s->error.text);
    if (s->rule.kind == SQ_FRAMES_TIMESTEPS && sq_camera_facts(s->camera)->n_timesteps == 0)
        return sq_fail(err, SQ_EUSAGE, "%s: only address events have timesteps", s->path);
    rc = sq_frame_grid_fit(err, s->path, request, sq_camera_facts(s->camera), width, height,
                           &s->grid);
    return rc == SQ_OK ? alloc_frames(err, s) : rc;
}

int sq_frame_stream_open(struct sq_error *err, const char *path,
                         const struct sq_frame_request *request, uint32_t width, uint32_t height,
                         struct sq_frame_stream **out)
{
    struct sq_frame_stream *s = calloc(1, sizeof *s);
    if (s == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    s->path = path;
    s->request = *request;
    const int rc = open_camera(err, s, request, width, height);
    if (rc == SQ_OK)
        *out = s;
    else
        sq_frame_stream_free(s);
    return rc;
}

void sq_frame_stream_free(struct sq_frame_stream *s)
{
    if (s == NULL)
        return;
    sq_camera_close(s->camera);
    free(s->frame);
    free(s->edge);
    free(s);
}

/* The next event, which stays until it is passed; NULL: no more. */
static int peek_event(struct sq_error *err, struct sq_frame_stream *s,
                      const struct sq_camera_event **event)
{
    *event = NULL;
    if (s->batch == NULL || s->next == s->batch->n) {
        const int rc = sq_camera_next(s->camera, &s->batch);
        s->next = 0;
        if (rc != SQ_OK)
            return sq_fail(err, rc, "%s", s->error.text);
        s->counts.n_events += s->batch->n;
    }
    if (s->batch->n > 0)
        *event = &s->batch->event[s->next];
    return SQ_OK;
}

/* Events at the end of the last frame begin this one. */
static void begin_frame(struct sq_frame_stream *s)
{
    int32_t *spare = s->frame;
    s->frame = s->edge;
    s->edge = spare;
    memset(s->edge, 0, s->frame_bytes);
    s->n_frame = s->n_edge;
    s->n_edge = 0;
}

static void count(struct sq_frame_stream *s, int32_t *frame, const struct sq_camera_event *event)
{
    const bool is_in = sq_frame_count(frame, &s->grid, event);
    s->counts.n_cropped += !is_in;
    s->counts.n_counted += is_in;
    s->n_frame += is_in && frame == s->frame;
    s->n_edge += is_in && frame == s->edge;
    s->last = event->t;
    s->next++;
}

/* No more events: those at the edge join the frame. */
static int end_stream(struct sq_error *err, struct sq_frame_stream *s, const int32_t **frame)
{
    const struct sq_event_facts *facts = sq_camera_facts(s->camera);
    s->is_over = s->n_given + 1 >= facts->n_timesteps || facts->is_damaged;
    if (!s->is_begun && s->rule.kind != SQ_FRAMES_TIMESTEPS)
        return SQ_OK;
    if (s->rule.kind == SQ_FRAMES_DURATION_NEW && s->last == s->first)
        return sq_fail(err, SQ_EVALUE,
                       "%s: %s: all events are at one time, so that no frame is defined", s->path,
                       s->rule.text);
    for (size_t i = 0; i < s->frame_bytes / sizeof *s->frame; i++)
        s->frame[i] += s->edge[i];
    s->n_frame += s->n_edge;
    s->n_given++;
    *frame = s->frame;
    return SQ_OK;
}

/* Does this event complete the frame? */
static bool ends_with(const struct sq_frame_stream *s, const struct sq_camera_event *event)
{
    const int64_t after = event->t - s->begin;
    return s->rule.kind == SQ_FRAMES_TIMESTEPS ? after >= 1 : after > s->rule.size;
}

/* Where the next frame begins. */
static void advance(struct sq_frame_stream *s, const struct sq_camera_event *event)
{
    s->n_given++;
    if (s->rule.kind == SQ_FRAMES_DURATION_OLD)
        s->begin = event->t;
    else
        s->begin += s->rule.size;
}

int sq_frame_stream_next(struct sq_error *err, struct sq_frame_stream *s, const int32_t **frame)
{
    const struct sq_camera_event *event;
    int rc = SQ_OK;
    *frame = NULL;
    if (s->is_over)
        return SQ_OK;
    begin_frame(s);
    while ((rc = peek_event(err, s, &event)) == SQ_OK && event != NULL) {
        if (!s->is_begun && s->rule.kind != SQ_FRAMES_TIMESTEPS)
            s->begin = s->first = s->last = event->t;
        s->is_begun = true;
        if (ends_with(s, event)) {
            advance(s, event);
            *frame = s->frame;
            return SQ_OK;
        }
        const bool is_edge =
            s->rule.kind == SQ_FRAMES_DURATION_NEW && event->t - s->begin == s->rule.size;
        count(s, is_edge ? s->edge : s->frame, event);
    }
    return rc == SQ_OK ? end_stream(err, s, frame) : rc;
}

uint64_t sq_frame_stream_events(const struct sq_frame_stream *s)
{
    return s->n_frame;
}

const struct sq_frame_counts *sq_frame_stream_counts(struct sq_frame_stream *s)
{
    s->shown = s->counts;
    sq_frame_counts_add(&s->shown, sq_camera_facts(s->camera));
    return &s->shown;
}

bool sq_frame_stream_is_cut(const struct sq_frame_stream *s, char *out, size_t size)
{
    const struct sq_event_facts *facts = sq_camera_facts(s->camera);
    if (facts->is_damaged)
        snprintf(out, size, "byte %" PRIu64 ": %s", facts->damage_offset, facts->damage);
    return facts->is_damaged;
}

void sq_frame_stream_describe(const struct sq_frame_stream *s, char *out, size_t size)
{
    const struct sq_event_facts *facts = sq_camera_facts(s->camera);
    struct sq_frame_request request = s->request;
    char frames[160];
    request.read.view = facts->view;
    sq_frame_request_text(&request, s->rule.text, frames, sizeof frames);
    snprintf(out, size, "stream, %s%s%s, %s", facts->format, facts->camera[0] != '\0' ? ", " : "",
             facts->camera, frames);
}
