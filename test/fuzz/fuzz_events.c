/* Any bytes as a recording of events: it is refused, or all of it can be read and binned, and a
 * second reading, which keeps events for later passes, gives the same. The first byte says how the
 * rest is read: bit 0 tolerates damage, bit 1 gives the sensor's size, the rest chooses the binning
 * rule. */
#define _GNU_SOURCE

#include "sim/events/formats/event_open.h"
#include "sim/events/frames/frame_maker.h"
#include "test/fuzz/fuzz_file.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_EVENTS = 1 << 20, MAX_FRAMES = 64, MAX_SIDE = 400 };

static const char *const rule[] = {"number:4",
                                   "time:3",
                                   "duration:1000",
                                   "duration:1000:old",
                                   "tonic-time-bins:3",
                                   "tonic-event-bins:5",
                                   "tonic-count:7:2:incomplete",
                                   "tonic-window:900:100:incomplete"};

struct result {
    int rc;
    uint64_t digest;
};

static int digest_frame(struct sq_error *err, void *data, uint64_t k, const int32_t *frame)
{
    struct result *result = data;
    (void)err;
    result->digest = fuzz_digest(result->digest, &k, sizeof k);
    result->digest = fuzz_digest(result->digest, frame, sizeof *frame);
    return SQ_OK;
}

static void bin(struct sq_error *err, const char *path, struct sq_camera *camera,
                const struct sq_event_profile *profile, const char *text, struct result *result)
{
    const struct sq_event_facts *facts = sq_camera_facts(camera);
    const struct sq_frame_grid grid = sq_frame_grid_of(facts->width, facts->height, 3);
    struct sq_frame_splits splits;
    struct sq_frame_rule parsed;
    must(sq_frame_rule_parse(err, text, &parsed) == SQ_OK);
    if (facts->width > MAX_SIDE || facts->height > MAX_SIDE || profile->n == 0 ||
        profile->t_max - profile->t_min > (int64_t)MAX_FRAMES * 1000 ||
        sq_camera_rewind(camera) != SQ_OK)
        return;
    result->rc = sq_frame_splits_find(err, path, camera, profile, &parsed, &splits);
    if (result->rc != SQ_OK)
        return;
    for (uint64_t k = 0; k < splits.n; k++)
        must(splits.left[k] <= profile->n && splits.right[k] <= profile->n);
    must(sq_camera_rewind(camera) == SQ_OK);
    if (splits.n <= MAX_FRAMES)
        must(sq_frames_make(err, path, camera, &splits, &grid, true, digest_frame, result, NULL) ==
             SQ_OK);
    sq_frame_splits_free(&splits);
}

static struct result read_all(const char *path, unsigned how, bool keep)
{
    const struct sq_event_options options = {.tolerate = (how & 1) != 0,
                                             .width = how & 2 ? 128 : 0,
                                             .height = how & 2 ? 128 : 0,
                                             .keep = keep};
    struct sq_event_profile profile = sq_event_profile_empty();
    struct sq_error err = {0};
    struct sq_camera *camera = NULL;
    const struct sq_event_batch *batch;
    struct result result = {.digest = 0xcbf29ce484222325u};
    result.rc = sq_camera_open(&err, path, &options, &camera);
    while (result.rc == SQ_OK && (result.rc = sq_camera_next(camera, &batch)) == SQ_OK &&
           batch->n > 0 && profile.n < MAX_EVENTS) {
        for (size_t i = 0; i < batch->n; i++) {
            must(batch->event[i].x < sq_camera_facts(camera)->width);
            must(batch->event[i].y < sq_camera_facts(camera)->height);
            must(batch->event[i].p <= 1);
            result.digest = fuzz_digest(result.digest, &batch->event[i].t, sizeof(int64_t));
            result.digest = fuzz_digest(result.digest, &batch->event[i].x, 2 * sizeof(uint16_t));
        }
        sq_event_profile_add(&profile, batch);
    }
    if (result.rc == SQ_OK && profile.n < MAX_EVENTS)
        bin(&err, path, camera, &profile, rule[how >> 2 & 7], &result);
    must(result.rc == SQ_OK || err.text[0] != '\0');
    sq_camera_close(camera);
    return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    const struct fuzz_file file = fuzz_file_open(data + 1, size - 1);
    const struct result once = read_all(file.path, data[0], false);
    const struct result again = read_all(file.path, data[0], true);
    must(once.rc == again.rc && once.digest == again.digest);
    close(file.fd);
    return 0;
}
