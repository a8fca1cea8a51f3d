/* Binning rules: from a recording's numbers and times to indices of events. */
#include "sim/events/frames/frame_rule.h"
#include "sim/events/frames/time_search.h"

#include <inttypes.h>
#include <stdlib.h>

enum { MAX_FRAMES = 1 << 26 };

/* One call of the above. */
struct search {
    struct sq_error *err;
    const char *path;
    struct sq_camera *reader;
    const struct sq_event_profile *profile;
    const struct sq_frame_rule *rule;
    struct sq_frame_splits *splits;
};

static int no_memory(const struct search *s)
{
    return sq_fail(s->err, SQ_ENOMEM, "%s: out of memory for the frames", s->path);
}

/* The rule's own tool raises an exception here. */
static int undefined(const struct search *s, const char *why)
{
    return sq_fail(s->err, SQ_EVALUE, "%s: %s: %s, so that no frame is defined; take another rule",
                   s->path, s->rule->text, why);
}

static int alloc_splits(const struct search *s, uint64_t n)
{
    if (n > MAX_FRAMES)
        return sq_fail(s->err, SQ_ESHAPE,
                       "%s: %s makes %" PRIu64 " frames; at most %d are made at a time", s->path,
                       s->rule->text, n, MAX_FRAMES);
    s->splits->n = n;
    s->splits->left = calloc((size_t)n + 1, sizeof *s->splits->left);
    s->splits->right = calloc((size_t)n + 1, sizeof *s->splits->right);
    return s->splits->left != NULL && s->splits->right != NULL ? SQ_OK : no_memory(s);
}

/* Windows of the same number of events, `size` long, one every `stride`. */
static void place_counts(const struct search *s, uint64_t size, uint64_t stride)
{
    for (uint64_t k = 0; k < s->splits->n; k++) {
        const uint64_t end = k * stride + size;
        s->splits->left[k] = k * stride < s->profile->n ? k * stride : s->profile->n;
        s->splits->right[k] = end < s->profile->n ? end : s->profile->n;
    }
}

static int split_number(const struct search *s)
{
    const uint64_t frames = (uint64_t)s->rule->size, size = s->profile->n / frames;
    const int rc = alloc_splits(s, frames);
    if (rc != SQ_OK)
        return rc;
    place_counts(s, size, size);
    if (s->rule->kind == SQ_FRAMES_NUMBER) /* the last takes the rest; tonic drops it */
        s->splits->right[frames - 1] = s->profile->n;
    return SQ_OK;
}

static int split_count(const struct search *s)
{
    const uint64_t n = s->profile->n, wanted = (uint64_t)s->rule->size;
    const uint64_t size = wanted < n ? wanted : n, overlap = (uint64_t)s->rule->overlap;
    const uint64_t stride = wanted - overlap, rest = n - size; /* the stride is not clipped */
    const uint64_t more = s->rule->incomplete ? (rest + stride - 1) / stride : rest / stride;
    const int rc = alloc_splits(s, more + 1);
    if (rc == SQ_OK)
        place_counts(s, size, stride);
    return rc;
}

/* Windows of time, `size` us long, one every `stride`, from `first` on. */
static int place_windows(const struct search *s, int64_t first, uint64_t n, int64_t size,
                         int64_t stride)
{
    const int rc = alloc_splits(s, n);
    const struct sq_thresholds list[2] = {{first, stride, n, s->splits->left},
                                          {first + size, stride, n, s->splits->right}};
    return rc != SQ_OK ? rc
                       : sq_time_search(s->err, s->path, s->reader, s->profile, list, 2, false);
}

/* a / b, rounded down. */
static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static int split_tonic_time(const struct search *s)
{
    const int64_t span = s->profile->last.t - s->profile->first.t, size = s->rule->size;
    if (s->profile->n == 0)
        return undefined(s, "there are no events");
    if (s->rule->kind == SQ_FRAMES_TONIC_TIME_BINS) {
        const int64_t width = floor_divide(span, size);
        return place_windows(s, s->profile->first.t, (uint64_t)size, width, width);
    }
    const int64_t stride = size - s->rule->overlap;
    const int64_t n = s->rule->incomplete ? -floor_divide(-(span - size), stride) + 1
                                          : floor_divide(span - size, stride) + 1;
    return place_windows(s, s->profile->first.t, n > 1 ? (uint64_t)n : 1, size, stride);
}

static int split_timesteps(const struct search *s)
{
    const uint64_t n = sq_camera_facts(s->reader)->n_timesteps;
    return n > 0 ? place_windows(s, 0, n, 1, 1)
                 : undefined(s, "only address events have timesteps");
}

/* first and last event in each window, wherever in the file they lie. */
static int walk_time(const struct search *s, int64_t width)
{
    const struct sq_event_batch *batch;
    const int64_t first = s->profile->first.t;
    const uint64_t frames = s->splits->n;
    uint64_t index = 0;
    int rc;
    while ((rc = sq_camera_next(s->reader, &batch)) == SQ_OK && batch->n > 0)
        for (size_t i = 0; i < batch->n; i++, index++) {
            const int64_t after = batch->event[i].t - first;
            const uint64_t k = after >= 0 ? (uint64_t)(after / width) : frames;
            if (k >= frames)
                continue;
            if (s->splits->right[k] == 0)
                s->splits->left[k] = index;
            s->splits->right[k] = index + 1;
        }
    return rc;
}

static int split_time(const struct search *s)
{
    const uint64_t frames = (uint64_t)s->rule->size;
    if (s->profile->n == 0)
        return undefined(s, "there are no events");
    const int64_t width =
        floor_divide(s->profile->last.t - s->profile->first.t, (int64_t)s->rule->size);
    if (width <= 0)
        return undefined(s, "a window is 0 us long");
    int rc = alloc_splits(s, frames);
    if (rc == SQ_OK)
        rc = walk_time(s, width);
    for (uint64_t k = 0; rc == SQ_OK && k < frames; k++)
        if (s->splits->right[k] == 0)
            rc = undefined(s, "a window holds no event");
    if (rc == SQ_OK)
        s->splits->right[frames - 1] = s->profile->n;
    return rc;
}

static int split_duration_new(const struct search *s)
{
    const int64_t size = s->rule->size, span = s->profile->last.t - s->profile->t_min;
    if (s->profile->n == 0 || span == 0)
        return undefined(s, "the last event is the earliest");
    const uint64_t n = (uint64_t)((span - 1) / size) + 1;
    int rc = alloc_splits(s, n);
    if (rc != SQ_OK)
        return rc;
    const struct sq_thresholds list = {s->profile->t_min + size, size, n - 1, s->splits->right};
    rc = sq_time_search(s->err, s->path, s->reader, s->profile, &list, 1, true);
    for (uint64_t k = 1; k < n; k++)
        s->splits->left[k] = s->splits->right[k - 1];
    s->splits->right[n - 1] = s->profile->n;
    return rc;
}

/* Room for one frame more. */
static int grow_splits(const struct search *s, uint64_t *room)
{
    struct sq_frame_splits *splits = s->splits;
    if (splits->n < *room)
        return SQ_OK;
    *room = 2 * *room + 64;
    uint64_t *left = realloc(splits->left, (size_t)*room * sizeof *left);
    splits->left = left != NULL ? left : splits->left;
    uint64_t *right = realloc(splits->right, (size_t)*room * sizeof *right);
    splits->right = right != NULL ? right : splits->right;
    return left != NULL && right != NULL && *room <= 2 * (uint64_t)MAX_FRAMES + 64 ? SQ_OK
                                                                                   : no_memory(s);
}

/* A window begins at an event and holds what comes at most `size` us later. */
static int split_duration_old(const struct search *s)
{
    const struct sq_event_batch *batch;
    struct sq_frame_splits *splits = s->splits;
    uint64_t index = 0, room = 0;
    int64_t begin = s->profile->first.t;
    int rc = SQ_OK;
    if (s->profile->n == 0)
        return undefined(s, "there are no events");
    rc = grow_splits(s, &room);
    if (rc == SQ_OK)
        splits->left[0] = 0;
    while (rc == SQ_OK && (rc = sq_camera_next(s->reader, &batch)) == SQ_OK && batch->n > 0)
        for (size_t i = 0; rc == SQ_OK && i < batch->n; i++, index++) {
            if (batch->event[i].t - begin <= s->rule->size)
                continue;
            begin = batch->event[i].t;
            splits->right[splits->n++] = index;
            rc = grow_splits(s, &room);
            if (rc == SQ_OK)
                splits->left[splits->n] = index;
        }
    if (rc == SQ_OK)
        splits->right[splits->n++] = index;
    return rc;
}

int sq_frame_splits_find(struct sq_error *err, const char *path, struct sq_camera *reader,
                         const struct sq_event_profile *profile, const struct sq_frame_rule *rule,
                         struct sq_frame_splits *out)
{
    static int (*const split[])(const struct search *) = {
        [SQ_FRAMES_NUMBER] = split_number,
        [SQ_FRAMES_TIME] = split_time,
        [SQ_FRAMES_DURATION_NEW] = split_duration_new,
        [SQ_FRAMES_DURATION_OLD] = split_duration_old,
        [SQ_FRAMES_TIMESTEPS] = split_timesteps,
        [SQ_FRAMES_TONIC_TIME_BINS] = split_tonic_time,
        [SQ_FRAMES_TONIC_EVENT_BINS] = split_number,
        [SQ_FRAMES_TONIC_COUNT] = split_count,
        [SQ_FRAMES_TONIC_WINDOW] = split_tonic_time,
    };
    const struct search search = {err, path, reader, profile, rule, out};
    *out = (struct sq_frame_splits){.n = 0};
    const int rc = split[rule->kind](&search);
    if (rc != SQ_OK)
        sq_frame_splits_free(out);
    return rc;
}

void sq_frame_splits_free(struct sq_frame_splits *splits)
{
    free(splits->left);
    free(splits->right);
    *splits = (struct sq_frame_splits){.n = 0};
}
