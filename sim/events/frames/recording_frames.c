#include "sim/events/frames/recording_frames.h"
#include "sim/events/formats/event_open.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int sq_frame_place_parse(struct sq_error *err, const char *option, const char *text,
                         enum sq_frame_place *place)
{
    *place = SQ_PLACE_REFUSE;
    if (text == NULL)
        return SQ_OK;
    if (strcmp(text, "center") == 0)
        *place = SQ_PLACE_CENTER;
    else if (strcmp(text, "corner") == 0)
        *place = SQ_PLACE_CORNER;
    else
        return sq_fail(err, SQ_EUSAGE, "%s %s: expected center or corner", option, text);
    return SQ_OK;
}

void sq_frame_request_text(const struct sq_frame_request *request, const char *rule, char *out,
                           size_t size)
{
    static const char *const place[] = {"", "center", "corner"};
    size_t n = (size_t)snprintf(out, size, "frames %s, bin %" PRIu32, rule, request->bin);
    if (n < size && request->read.view != NULL)
        n += (size_t)snprintf(out + n, size - n, ", view %s", request->read.view);
    if (n < size && request->read.camera != NULL)
        n += (size_t)snprintf(out + n, size - n, ", camera %s", request->read.camera);
    if (n < size && request->crop != SQ_PLACE_REFUSE)
        n += (size_t)snprintf(out + n, size - n, ", crop %s", place[request->crop]);
    if (n < size && request->pad != SQ_PLACE_REFUSE)
        snprintf(out + n, size - n, ", pad %s", place[request->pad]);
}

/* Pixels before the frame's first one; false: there is no rule for it. */
static bool place_side(const struct sq_frame_request *request, uint32_t from, uint32_t to,
                       uint32_t *first)
{
    const enum sq_frame_place place = from > to ? request->crop : request->pad;
    *first = 0;
    if (from != to && place == SQ_PLACE_CENTER)
        *first = from > to ? (from - to) / 2 : 0 - (to - from) / 2;
    return from == to || place != SQ_PLACE_REFUSE;
}

int sq_frame_grid_fit(struct sq_error *err, const char *path,
                      const struct sq_frame_request *request, const struct sq_event_facts *facts,
                      uint32_t width, uint32_t height, struct sq_frame_grid *grid)
{
    const struct sq_frame_grid whole = sq_frame_grid_of(facts->width, facts->height, request->bin);
    *grid = (struct sq_frame_grid){.bin = request->bin, .width = width, .height = height};
    const bool fits = place_side(request, whole.width, width, &grid->left) &&
                      place_side(request, whole.height, height, &grid->top);
    const bool crop = (whole.width > width || whole.height > height) && !request->crop;
    return fits
               ? SQ_OK
               : sq_fail(err, SQ_ESHAPE,
                         "%s: frames of %" PRIu32 "x%" PRIu32 " pixels; the network takes %" PRIu32
                         "x%" PRIu32 ": %s",
                         path, whole.width, whole.height, width, height,
                         crop ? SQ_OPT "crop center or " SQ_OPT "crop corner cuts them, " SQ_OPT
                                       "bin K makes them smaller"
                              : SQ_OPT "pad center or " SQ_OPT "pad corner puts zeros around them");
}

/* Where frames become pixels. */
struct target {
    float *pixels;
    size_t frame; /* elements */
    struct sq_frame_counts *counts;
};

static int take(struct sq_error *err, void *data, uint64_t k, const int32_t *frame)
{
    const struct target *target = data;
    float *pixels = target->pixels + (size_t)k * target->frame;
    (void)err;
    for (size_t i = 0; i < target->frame; i++) {
        pixels[i] = (float)frame[i];
        target->counts->n_counted += (uint64_t)(frame[i] > 0 ? frame[i] : 0);
    }
    return SQ_OK;
}

/* Advice for T frames from a recording of this length. */
static int check_timesteps(struct sq_error *err, const char *path, const char *rule, uint64_t n,
                           uint32_t timesteps)
{
    return n == timesteps ? SQ_OK
                          : sq_fail(err, SQ_ESHAPE,
                                    "%s: %s makes %" PRIu64 " frames, the network takes %" PRIu32
                                    " timesteps; number:%" PRIu32 " makes as many, " SQ_OPT
                                    "set T=%" PRIu64 " runs them",
                                    path, rule, n, timesteps, timesteps, n);
}

static int bin_events(struct sq_error *err, const char *path, struct sq_camera *camera,
                      const struct sq_frame_rule *rule, const struct sq_frame_grid *grid,
                      uint32_t timesteps, struct target *target)
{
    struct sq_event_profile profile;
    struct sq_frame_splits splits;
    uint64_t n_cropped = 0;
    int rc = sq_event_profile_read(camera, &profile);
    if (rc == SQ_OK)
        rc = sq_camera_rewind(camera);
    if (rc == SQ_OK)
        rc = sq_frame_splits_find(err, path, camera, &profile, rule, &splits);
    if (rc != SQ_OK)
        return rc;
    rc = check_timesteps(err, path, rule->text, splits.n, timesteps);
    if (rc == SQ_OK)
        rc = sq_camera_rewind(camera);
    if (rc == SQ_OK)
        rc = sq_frames_make(err, path, camera, &splits, grid, sq_frame_rule_is_tonic(rule), take,
                            target, &n_cropped);
    sq_frame_splits_free(&splits);
    target->counts->n_events += profile.n;
    target->counts->n_cropped += n_cropped;
    return rc;
}

void sq_frame_counts_sum(struct sq_frame_counts *counts, const struct sq_frame_counts *other)
{
    counts->n_recordings += other->n_recordings;
    counts->n_events += other->n_events;
    counts->n_counted += other->n_counted;
    counts->n_cropped += other->n_cropped;
    counts->n_backwards += other->n_backwards;
    counts->n_damaged += other->n_damaged;
    for (int i = 0; i < SQ_DROP_KINDS; i++)
        counts->drop[i] += other->drop[i];
}

void sq_frame_counts_add(struct sq_frame_counts *counts, const struct sq_event_facts *facts)
{
    counts->n_recordings++;
    counts->n_backwards += facts->n_backwards;
    counts->n_damaged += facts->is_damaged;
    for (int i = 0; i < SQ_DROP_KINDS; i++)
        counts->drop[i] += facts->drop[i];
}

int sq_recording_frames(struct sq_error *err, const char *path,
                        const struct sq_frame_request *request, uint32_t timesteps, uint32_t height,
                        uint32_t width, float *pixels, struct sq_frame_counts *counts)
{
    struct target target = {.frame = (size_t)2 * height * width, .counts = counts};
    struct sq_camera *camera = NULL;
    struct sq_frame_rule rule;
    struct sq_frame_grid grid;
    struct sq_event_options read = request->read;
    int rc = sq_frame_rule_parse(err, request->frames, &rule);
    read.keep = true;
    target.pixels = pixels;
    if (rc == SQ_OK)
        rc = sq_camera_open(err, path, &read, &camera);
    if (rc == SQ_OK)
        rc = sq_frame_grid_fit(err, path, request, sq_camera_facts(camera), width, height, &grid);
    if (rc == SQ_OK)
        rc = bin_events(err, path, camera, &rule, &grid, timesteps, &target);
    if (rc == SQ_OK)
        sq_frame_counts_add(counts, sq_camera_facts(camera));
    sq_camera_close(camera);
    return rc;
}
