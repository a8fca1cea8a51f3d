#include "sim/events/formats/event_open.h"

#include "sim/events/formats/arrays/array_formats.h"
#include "sim/events/formats/text/text_formats.h"
#include "sim/events/reader/event_profile.h"
#include "sim/events/source/text_line.h"
#include "traces/files/whole_file.h"

/* Of other files, fewer than one in a hundred thousand stays within the largest sensor of these
 * recordings (N-Caltech101's), in the order of time, for so many events. */
enum { NMNIST_WIDTH = 240, NMNIST_HEIGHT = 180, NMNIST_LEAST = 8 };

enum { HEAD = 4096 };

/* By the first bytes; NULL: none that has a magic, and no text. Rows of numbers in .npy are an
 * array first of all, damaged or not. */
static const struct sq_event_format *format_of(const char *path)
{
    const struct sq_event_format *format = NULL;
    const unsigned char *head;
    struct sq_byte_source *source;
    struct sq_error ignored = {0};
    size_t n;
    if (!sq_file_is_regular(path) || sq_source_open(&ignored, path, NULL, &source) != SQ_OK)
        return NULL;
    if (sq_source_peek(&ignored, source, HEAD, &head, &n) == SQ_OK)
        format = sq_event_format_by_head(head, n);
    if (format == &sq_format_npy && !sq_text_has(head, n, "'descr': ["))
        format = NULL;
    sq_source_close(source);
    return format;
}

/* A sensor given by the caller needs no pass over the file. */
static const struct sq_event_options any_sensor = {
    .width = SQ_EVENT_MAX_SIDE, .height = SQ_EVENT_MAX_SIDE, .tolerate = true};

static bool begins_with_event(const char *path)
{
    const struct sq_event_batch *batch;
    struct sq_camera *camera;
    struct sq_error ignored = {0};
    if (sq_camera_open(&ignored, path, &any_sensor, &camera) != SQ_OK)
        return false;
    const bool begins = sq_camera_next(camera, &batch) == SQ_OK && batch->n > 0;
    sq_camera_close(camera);
    return begins;
}

/* Does its header describe events? */
static bool has_columns(const char *path)
{
    struct sq_event_options options = any_sensor;
    struct sq_camera *camera;
    struct sq_error ignored = {0};
    options.tolerate = false;
    if (sq_camera_open(&ignored, path, &options, &camera) != SQ_OK)
        return false;
    sq_camera_close(camera);
    return true;
}

bool sq_recording_is_known(const char *path)
{
    const struct sq_event_format *format = format_of(path);
    if (format == &sq_format_text)
        return begins_with_event(path);
    if (format == &sq_format_npy || format == &sq_format_npz)
        return has_columns(path);
    return format != NULL;
}

bool sq_recording_may_be_nmnist(const char *path)
{
    const struct sq_event_options options = {.width = NMNIST_WIDTH, .height = NMNIST_HEIGHT};
    struct sq_event_profile profile;
    struct sq_camera *camera;
    struct sq_error ignored = {0};
    if (!sq_file_is_regular(path) || sq_camera_open(&ignored, path, &options, &camera) != SQ_OK)
        return false;
    const bool is_one = camera->format == &sq_format_nmnist &&
                        sq_event_profile_read(camera, &profile) == SQ_OK &&
                        profile.n >= NMNIST_LEAST && profile.t_max > profile.t_min;
    sq_camera_close(camera);
    return is_one;
}
