/* Binning rules against their definitions, written out event by event, on random recordings: in
 * order of time with many equal times and gaps, and out of order. */
#include "sim/events/formats/event_open.h"
#include "sim/events/frames/frame_maker.h"
#include "test/support/event_files.h"
#include "test/unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 200, WIDTH = 7, HEIGHT = 5, MOST_FRAMES = 4096 };

static char path[64];

static void setup(void)
{
    snprintf(path, sizeof path, "/tmp/spikeq-frames-%d", (int)getpid());
}

static void teardown(void)
{
    unlink(path);
}

struct recording {
    size_t n;
    struct sq_camera_event event[MOST];
};

static void draw(struct sq_rng *rng, int in_order, struct recording *r)
{
    struct bytes bytes = {NULL, 0, 0};
    char line[64];
    int64_t t = (int64_t)sq_rng_below(rng, 50);
    r->n = 1 + (size_t)sq_rng_below(rng, MOST);
    for (size_t i = 0; i < r->n; i++) {
        t += sq_rng_below(rng, 10) == 0 ? 40 : (int64_t)sq_rng_below(rng, 4);
        const int64_t back = in_order ? 0 : (int64_t)sq_rng_below(rng, 30);
        r->event[i] = (struct sq_camera_event){.t = t - back,
                                               .x = (uint16_t)sq_rng_below(rng, WIDTH),
                                               .y = (uint16_t)sq_rng_below(rng, HEIGHT),
                                               .p = (uint8_t)sq_rng_below(rng, 2)};
        snprintf(line, sizeof line, "%lld %u %u %u\n", (long long)r->event[i].t, r->event[i].x,
                 r->event[i].y, r->event[i].p);
        bytes_put_text(&bytes, line);
    }
    event_file_save(&bytes, path);
    bytes_free(&bytes);
}

/* What a definition says: frame k holds events left[k] .. right[k] - 1; n < 0: an error. */
struct expected {
    int n;
    size_t left[MOST_FRAMES], right[MOST_FRAMES];
};

static void add_window(struct expected *want, size_t left, size_t right)
{
    want->left[want->n] = left;
    want->right[want->n++] = right;
}

static void want_number(const struct recording *r, size_t frames, struct expected *want)
{
    const size_t size = r->n / frames;
    for (size_t k = 0; k < frames; k++)
        add_window(want, k * size, k + 1 == frames ? r->n : (k + 1) * size);
}

static void want_time(const struct recording *r, int64_t frames, struct expected *want)
{
    const int64_t first = r->event[0].t, span = r->event[r->n - 1].t - first;
    const int64_t width = span >= 0 ? span / frames : -1;
    for (int64_t k = 0; k < frames; k++) {
        size_t left = r->n, right = 0;
        for (size_t i = 0; i < r->n; i++) {
            const int64_t t = r->event[i].t;
            if (t < first + k * width || t >= first + (k + 1) * width)
                continue;
            left = left == r->n ? i : left;
            right = i + 1;
        }
        if (right == 0) {
            want->n = -1;
            return;
        }
        add_window(want, left, k + 1 == frames ? r->n : right);
    }
}

static void want_duration_old(const struct recording *r, int64_t size, struct expected *want)
{
    for (size_t left = 0, right = 0; left < r->n; left = right) {
        while (right < r->n && r->event[right].t - r->event[left].t <= size)
            right++;
        add_window(want, left, right);
    }
}

/* First event not before `t`, by halving as NumPy does. */
static size_t lower_bound(const struct recording *r, int64_t t)
{
    size_t low = 0, high = r->n;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (r->event[middle].t < t)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void want_duration_new(const struct recording *r, int64_t size, struct expected *want)
{
    int64_t least = r->event[0].t;
    for (size_t i = 0; i < r->n; i++)
        least = r->event[i].t < least ? r->event[i].t : least;
    const int64_t span = r->event[r->n - 1].t - least;
    const int64_t frames = (span + size - 1) / size;
    size_t left = 0;
    for (int64_t k = 0; k < frames; k++) {
        const size_t right = k + 1 == frames ? r->n : lower_bound(r, least + (k + 1) * size);
        add_window(want, left, right);
        left = right;
    }
    want->n = frames == 0 ? -1 : want->n;
}

static void want_windows(const struct recording *r, int64_t frames, int64_t size, int64_t stride,
                         struct expected *want)
{
    for (int64_t k = 0; k < frames; k++) {
        const int64_t first = r->event[0].t + k * stride;
        add_window(want, lower_bound(r, first), lower_bound(r, first + size));
    }
}

static void want_tonic_window(const struct recording *r, int64_t size, int64_t overlap,
                              int incomplete, struct expected *want)
{
    const double rest = (double)(r->event[r->n - 1].t - r->event[0].t - size);
    const int64_t stride = size - overlap;
    int64_t frames = 1;
    while ((double)(frames - 1) * (double)stride < rest)
        frames++; /* the smallest that covers all */
    if (!incomplete && (double)(frames - 1) * (double)stride > rest && frames > 1)
        frames--;
    want_windows(r, frames, size, stride, want);
}

static void want_tonic_count(const struct recording *r, size_t wanted, size_t overlap,
                             int incomplete, struct expected *want)
{
    const size_t size = wanted < r->n ? wanted : r->n, stride = wanted - overlap;
    for (size_t left = 0; left == 0 || left + size <= r->n; left += stride)
        add_window(want, left, left + size);
    const size_t next = (size_t)want->n * stride;
    if (incomplete && next - stride + size < r->n)
        add_window(want, next < r->n ? next : r->n, r->n);
}

/* Frames as the sink sees them. */
struct made {
    int n;
    int32_t frame[MOST_FRAMES][2 * HEIGHT * WIDTH];
};

static int take(struct sq_error *err, void *data, uint64_t k, const int32_t *frame)
{
    struct made *made = data;
    (void)err;
    ck_assert_int_eq((int)k, made->n);
    memcpy(made->frame[made->n++], frame, sizeof made->frame[0]);
    return SQ_OK;
}

static void check_frames(const struct recording *r, const struct expected *want,
                         const struct made *made, const char *rule)
{
    ck_assert_msg(made->n == want->n, "%s: %d frames, expected %d", rule, made->n, want->n);
    for (int k = 0; k < want->n; k++) {
        int32_t frame[2 * HEIGHT * WIDTH] = {0};
        for (size_t i = want->left[k]; i < want->right[k]; i++)
            frame[(r->event[i].p * HEIGHT + r->event[i].y) * WIDTH + r->event[i].x]++;
        ck_assert_msg(memcmp(frame, made->frame[k], sizeof frame) == 0, "%s: frame %d", rule, k);
    }
}

static void check_rule(const struct recording *r, const struct expected *want, const char *rule)
{
    static struct made made;
    const struct sq_event_options options = {.width = WIDTH, .height = HEIGHT, .tolerate = true};
    const struct sq_frame_grid grid = sq_frame_grid_of(WIDTH, HEIGHT, 1);
    struct sq_camera *reader;
    struct sq_event_profile profile;
    struct sq_frame_splits splits;
    struct sq_frame_rule parsed;
    struct sq_error err = {0};
    made.n = 0;
    ck_assert_int_eq(sq_frame_rule_parse(&err, rule, &parsed), SQ_OK);
    ck_assert_int_eq(sq_camera_open(&err, path, &options, &reader), SQ_OK);
    ck_assert_int_eq(sq_event_profile_read(reader, &profile), SQ_OK);
    ck_assert_int_eq(sq_camera_rewind(reader), SQ_OK);
    const int rc = sq_frame_splits_find(&err, path, reader, &profile, &parsed, &splits);
    ck_assert_msg(rc == (want->n < 0 ? SQ_EVALUE : SQ_OK), "%s: %d", rule, rc);
    if (rc == SQ_OK) {
        ck_assert_int_eq(sq_camera_rewind(reader), SQ_OK);
        ck_assert_int_eq(
            sq_frames_make(&err, path, reader, &splits, &grid, false, take, &made, NULL), SQ_OK);
        check_frames(r, want, &made, rule);
        sq_frame_splits_free(&splits);
    }
    sq_camera_close(reader);
}

static void check_spikingjelly(const struct recording *r, int size)
{
    static struct expected want;
    char rule[64];
    static const struct {
        const char *form;
        void (*define)(const struct recording *, int64_t, struct expected *);
    } by_time[] = {{"time:%d", want_time},
                   {"duration:%d:old", want_duration_old},
                   {"duration:%d", want_duration_new}};
    want.n = 0;
    want_number(r, (size_t)size, &want);
    snprintf(rule, sizeof rule, "number:%d", size);
    check_rule(r, &want, rule);
    for (size_t i = 0; i < 3; i++) {
        want.n = 0;
        by_time[i].define(r, size, &want);
        snprintf(rule, sizeof rule, by_time[i].form, size);
        check_rule(r, &want, rule);
    }
}

START_TEST(spikingjelly_as_defined)
{
    static struct recording r;
    struct sq_rng rng = {(uint64_t)_i + 1};
    draw(&rng, _i % 2, &r);
    for (int size = 1; size < 40; size = size * 2 + 1)
        check_spikingjelly(&r, size);
}
END_TEST

static void check_tonic(const struct recording *r, int size, int overlap, int incomplete)
{
    static struct expected want;
    char rule[64];
    const char *end = incomplete ? ":incomplete" : "";
    want.n = 0;
    want_tonic_count(r, (size_t)size, (size_t)overlap, incomplete, &want);
    snprintf(rule, sizeof rule, "tonic-count:%d:%d%s", size, overlap, end);
    check_rule(r, &want, rule);
    want.n = 0;
    want_tonic_window(r, size, overlap, incomplete, &want);
    snprintf(rule, sizeof rule, "tonic-window:%d:%d%s", size, overlap, end);
    check_rule(r, &want, rule);
}

START_TEST(tonic_as_defined)
{
    static struct recording r;
    static struct expected want;
    struct sq_rng rng = {(uint64_t)_i + 100};
    char rule[64];
    draw(&rng, 1, &r);
    for (int size = 1; size < 40; size = size * 2 + 1) {
        want.n = 0;
        const int64_t width = (r.event[r.n - 1].t - r.event[0].t) / size;
        want_windows(&r, size, width, width, &want);
        snprintf(rule, sizeof rule, "tonic-time-bins:%d", size);
        check_rule(&r, &want, rule);
        want.n = 0;
        want_number(&r, (size_t)size, &want);
        want.right[size - 1] = want.left[size - 1] + r.n / (size_t)size;
        snprintf(rule, sizeof rule, "tonic-event-bins:%d", size);
        check_rule(&r, &want, rule);
        for (int incomplete = 0; incomplete < 2; incomplete++)
            check_tonic(&r, size, size / 3, incomplete);
    }
}
END_TEST

START_TEST(rules_that_are_none)
{
    static const char *const wrong[] = {"",
                                        "number",
                                        "number:",
                                        "number:0",
                                        "number:-1",
                                        "number:4x",
                                        "number:4:1",
                                        "duration:5:x",
                                        "duration:5:old:new",
                                        "time:5:old",
                                        "frames:4",
                                        "tonic-count:4:4",
                                        "tonic-window:4:incomplete:1",
                                        "number:99999999999999999999",
                                        "tonic-window:4::incomplete"};
    struct sq_frame_rule rule;
    struct sq_error err = {0};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        ck_assert_msg(sq_frame_rule_parse(&err, wrong[i], &rule) == SQ_EUSAGE, "%s", wrong[i]);
    ck_assert_int_eq(sq_frame_rule_parse(&err, "duration:5", &rule), SQ_OK);
    ck_assert_str_eq(rule.text, "duration:5:new");
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("events");
    TCase *tcase = tcase_create("frame_rule");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, spikingjelly_as_defined, 0, 40);
    tcase_add_loop_test(tcase, tonic_as_defined, 0, 20);
    tcase_add_test(tcase, rules_that_are_none);
    suite_add_tcase(suite, tcase);
    return suite;
}

SQ_TEST_MAIN(suite())
