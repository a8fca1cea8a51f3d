/* Recordings of every format, made by test/support/event_files.h: the events that were written come
 * back, at whatever byte the file ends nothing worse than an error happens, and damage is never
 * silent. */
#include "sim/events/formats/event_open.h"
#include "test/support/event_files.h"
#include "test/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* BACK_US is more than time words of EVT 3.0 may step back. */
enum { N = 40, SEED = 7, BACK_US = 5000 };

static char path[64];

static void setup(void)
{
    snprintf(path, sizeof path, "/tmp/spikeq-events-%d", (int)getpid());
    unlink(path); /* of a run that failed */
}

static void teardown(void)
{
    unlink(path);
}

/* What one reading gave. */
struct reading {
    int rc;
    struct sq_error err;
    size_t n;
    struct sq_camera_event event[2 * N];
    struct sq_event_facts facts;
};

static struct reading read_path(const struct sq_event_options *options)
{
    struct reading got = {.n = 0};
    struct sq_camera *reader = NULL;
    const struct sq_event_batch *batch;
    got.rc = sq_camera_open(&got.err, path, options, &reader);
    while (got.rc == SQ_OK && (got.rc = sq_camera_next(reader, &batch)) == SQ_OK && batch->n > 0)
        for (size_t i = 0; i < batch->n; i++) {
            ck_assert_uint_lt(got.n, 2 * N);
            got.event[got.n++] = batch->event[i];
        }
    if (reader != NULL)
        got.facts = *sq_camera_facts(reader);
    sq_camera_close(reader);
    return got;
}

static struct bytes write_file(const struct event_file *file, const struct sq_camera_event *event,
                               size_t n)
{
    struct bytes bytes = {NULL, 0, 0};
    file->write(&bytes, event, n);
    event_file_save(&bytes, path);
    return bytes;
}

/* Are these the first events that were written? */
static void check_prefix(const struct reading *got, const struct sq_camera_event *want)
{
    ck_assert_uint_le(got->n, N);
    for (size_t i = 0; i < got->n; i++) {
        ck_assert_int_eq(got->event[i].t, want[i].t);
        ck_assert_uint_eq(got->event[i].x, want[i].x);
        ck_assert_uint_eq(got->event[i].y, want[i].y);
        ck_assert_uint_eq(got->event[i].p, want[i].p);
    }
}

START_TEST(events_come_back)
{
    const struct event_file *file = &event_file[_i];
    struct sq_camera_event want[N];
    event_file_draw(file, SEED, want, N);
    struct bytes bytes = write_file(file, want, N);
    const struct reading got = read_path(&(struct sq_event_options){.view = NULL});
    ck_assert_msg(got.rc == SQ_OK, "%s: %s", file->name, got.err.text);
    ck_assert_str_eq(got.facts.format, file->format);
    ck_assert_uint_eq(got.facts.width, file->width);
    ck_assert_uint_eq(got.facts.height, file->height);
    ck_assert_uint_eq(got.n, N);
    check_prefix(&got, want);
    for (int i = 0; i < SQ_DROP_KINDS; i++)
        ck_assert_msg(got.facts.drop[i] == file->drop[i], "%s: %d dropped as %s", file->name,
                      (int)got.facts.drop[i], sq_event_drop_key((enum sq_event_drop)i));
    bytes_free(&bytes);
}
END_TEST

/* Archives, and columns that lie apart, are not read from one end to the other. */
static bool needs_file(const struct event_file *file)
{
    return strncmp(file->name, "npz", 3) == 0 || strcmp(file->name, "npy, Fortran") == 0;
}

/* Through a FIFO, a few bytes at a time: the same events. */
START_TEST(a_pipe_that_gives_little)
{
    const struct event_file *file = &event_file[_i];
    struct sq_camera_event want[N];
    struct bytes bytes = {NULL, 0, 0};
    event_file_draw(file, SEED, want, N);
    file->write(&bytes, want, N);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    const pid_t child = fork();
    if (child == 0) {
        const int fd = open(path, O_WRONLY);
        for (size_t i = 0; i < bytes.n; i += 7)
            if (write(fd, bytes.data + i, bytes.n - i < 7 ? bytes.n - i : 7) < 0)
                break;
        _exit(0);
    }
    const struct reading got =
        read_path(&(struct sq_event_options){.width = file->width, .height = file->height});
    waitpid(child, NULL, 0);
    if (needs_file(file)) {
        ck_assert_int_eq(got.rc, SQ_EUNSUPPORTED);
    } else {
        ck_assert_msg(got.rc == SQ_OK && got.n == N, "%s: %s", file->name, got.err.text);
        check_prefix(&got, want);
    }
    bytes_free(&bytes);
}
END_TEST

/* Cut at every byte. Tolerated: the events before the cut, and no error but for what is no
 * recording any more. Not tolerated: an error, or, where a record ends, fewer events and nothing
 * lost. */
START_TEST(cut_at_every_byte)
{
    const struct event_file *file = &event_file[_i];
    struct sq_camera_event want[N];
    event_file_draw(file, SEED, want, N);
    struct bytes bytes = write_file(file, want, N);
    const size_t whole = bytes.n;
    size_t last = 0;
    for (bytes.n = 0; bytes.n < whole; bytes.n++) {
        event_file_save(&bytes, path);
        const struct sq_event_options tolerant = {
            .tolerate = true, .width = file->width, .height = file->height};
        const struct sq_event_options strict = {.width = file->width, .height = file->height};
        const struct sq_event_options stream = {
            .may_be_cut = true, .width = file->width, .height = file->height};
        const struct reading soft = read_path(&tolerant), hard = read_path(&strict);
        const struct reading cut = read_path(&stream);
        if (soft.rc == SQ_OK && soft.n > 0) /* a stream behind its head: as if it were tolerated */
            ck_assert_msg(cut.rc == SQ_OK && cut.n == soft.n, "%s: cut at byte %zu: %s", file->name,
                          bytes.n, cut.err.text);
        if (soft.rc == SQ_OK && strcmp(soft.facts.format, file->format) == 0)
            check_prefix(&soft, want);
        if (hard.rc == SQ_OK && strcmp(hard.facts.format, file->format) == 0) {
            check_prefix(&hard, want);
            ck_assert_msg(soft.rc == SQ_OK && soft.n == hard.n && !soft.facts.is_damaged,
                          "%s: cut at byte %zu", file->name, bytes.n);
        }
        if (hard.rc == SQ_EFORMAT && soft.rc == SQ_OK)
            ck_assert_msg(soft.facts.is_damaged && strstr(hard.err.text, "byte ") != NULL,
                          "%s: cut at byte %zu: %s", file->name, bytes.n, hard.err.text);
        if (soft.rc == SQ_OK && strcmp(soft.facts.format, file->format) == 0) {
            ck_assert_msg(soft.n >= last, "%s: cut at byte %zu gives less", file->name, bytes.n);
            last = soft.n;
        }
    }
    bytes_free(&bytes);
}
END_TEST

/* Each byte changed in turn: any answer but a crash, and never more events than there are bytes. */
START_TEST(any_byte_changed)
{
    const struct event_file *file = &event_file[_i];
    struct sq_camera_event want[8];
    event_file_draw(file, SEED, want, 8);
    struct bytes bytes = write_file(file, want, 8);
    for (size_t i = 0; i < bytes.n; i++)
        for (unsigned flip = 1; flip < 256; flip = flip * 16 + 15) {
            bytes.data[i] ^= (unsigned char)flip;
            event_file_save(&bytes, path);
            bytes.data[i] ^= (unsigned char)flip;
            struct sq_error err = {0};
            struct sq_camera *reader = NULL;
            const struct sq_event_batch *batch;
            const struct sq_event_options options = {.tolerate = flip > 1};
            size_t n = 0;
            int rc = sq_camera_open(&err, path, &options, &reader);
            while (rc == SQ_OK && (rc = sq_camera_next(reader, &batch)) == SQ_OK && batch->n > 0)
                n += batch->n;
            ck_assert_uint_le(n, 65535 + 8 * bytes.n);
            sq_camera_close(reader);
        }
    bytes_free(&bytes);
}
END_TEST

/* One line that names the byte, what is wrong there, and what to do. */
static void check_refusal(const struct event_file *file, const struct reading *got,
                          const char *what, const char *advice)
{
    ck_assert_msg(got->rc == SQ_EVALUE, "%s: %d", file->name, got->rc);
    ck_assert_msg(strstr(got->err.text, ": byte ") != NULL, "%s: %s", file->name, got->err.text);
    ck_assert_msg(strstr(got->err.text, what) != NULL, "%s: %s", file->name, got->err.text);
    ck_assert_msg(strstr(got->err.text, advice) != NULL, "%s: %s", file->name, got->err.text);
}

/* Time runs backwards in the middle. */
START_TEST(time_runs_backwards)
{
    const struct event_file *file = &event_file[_i];
    struct sq_camera_event want[N];
    if (!file->is_timed)
        return; /* in order by its form */
    event_file_draw(file, SEED, want, N);
    for (size_t i = 0; i < N; i++)
        want[i].t += 2 * BACK_US;
    want[N / 2].t = want[N / 2 - 1].t - BACK_US;
    struct bytes bytes = write_file(file, want, N);
    const struct reading hard = read_path(&(struct sq_event_options){.tolerate = false});
    check_refusal(file, &hard, "time runs backwards",
                  SQ_OPT "tolerate keeps the order of the file");
    const struct reading soft = read_path(&(struct sq_event_options){.tolerate = true});
    ck_assert_int_eq(soft.rc, SQ_OK);
    ck_assert_uint_eq(soft.n, N);
    ck_assert_uint_eq(soft.facts.n_backwards, 1);
    bytes_free(&bytes);
}
END_TEST

START_TEST(pixels_outside_the_sensor)
{
    const struct event_file *file = &event_file[_i];
    struct sq_camera_event want[N];
    event_file_draw(file, SEED, want, N);
    struct bytes bytes = write_file(file, want, N);
    struct sq_event_options options = {.width = 1, .height = file->height};
    uint64_t outside = 0;
    for (size_t i = 0; i < N; i++)
        options.width = want[i].x > options.width ? want[i].x : options.width;
    for (size_t i = 0; i < N; i++)
        outside += want[i].x >= options.width;
    const struct reading hard = read_path(&options);
    options.tolerate = true;
    const struct reading soft = read_path(&options);
    check_refusal(file, &hard, "is outside the sensor", SQ_OPT "tolerate drops such events");
    ck_assert_int_eq(soft.rc, SQ_OK);
    ck_assert_uint_eq(soft.facts.drop[SQ_DROP_OUTSIDE], outside);
    ck_assert_uint_eq(soft.n, N - outside);
    bytes_free(&bytes);
}
END_TEST

static void save_text(const char *text, size_t n)
{
    struct bytes bytes = {NULL, 0, 0};
    bytes_put(&bytes, text, n);
    event_file_save(&bytes, path);
    bytes_free(&bytes);
}

/* Headers that lie, and files that are none: one line each, no allocation by what they say. */
START_TEST(lies)
{
    static const struct {
        const char *bytes;
        size_t n;
        int rc;
        const char *says;
    } lie[] = {
        {"", 0, SQ_EFORMAT, "is empty"},
        {"#!AER-DAT1.0\n", 13, SQ_EUNSUPPORTED, "AEDAT 1"},
        {"\x89PNG\r\n\x1a\n", 8, SQ_EUNSUPPORTED, "PNG"},
        {"% Version 2\n\x05\x08", 14, SQ_EUNSUPPORTED, "type 5"},
        {"% Nothing\n", 10, SQ_EUNSUPPORTED, "Prophesee"},
        {"#!AER-DAT2.0\n# AEChip: x.y.Cochlea\n#End Of ASCII Header\n", 56, SQ_EUNSUPPORTED,
         "camera Cochlea"},
        {"#!AER-DAT4.0\r\n\xff\xff\xff\x7f", 18, SQ_EFORMAT, "2147483647 bytes"},
        {"#!AER-DAT4.0\r\n\xff\xff\x00\x00", 18, SQ_EFORMAT, "65535 bytes is cut short"},
        {"#!AER-DAT3.1\r\n#!END-"
         "HEADER\r\n\1\0\1\0\10\0\0\0\4\0\0\0\0\0\0\0\0\0\0\x10\0\0\0\x10\0\0\0"
         "\x10",
         56, SQ_EFORMAT, "a packet of 2147483676 bytes"},
        {"#!AER-DAT3.1\r\n#!END-"
         "HEADER\r\n\1\0\1\0\10\0\0\0\4\0\0\0\0\0\0\0\1\0\0\0\2\0\0\0\2\0\0\0",
         56, SQ_EFORMAT, "2 events in room for 1"},
        {"0.5 1 2 0\n", 10, SQ_EFORMAT, "decimal seconds"},
        {"1 2 3\n", 6, SQ_EFORMAT, "byte 0"},
        {"1 2 3 0\n1 2 3 7\n", 16, SQ_EFORMAT, "byte 8"},
        {"99999999999999999999 1 2 0\n", 27, SQ_EFORMAT, "byte 0"},
    };
    save_text(lie[_i].bytes, lie[_i].n);
    const struct reading got = read_path(&(struct sq_event_options){.view = NULL});
    ck_assert_msg(got.rc == lie[_i].rc, "lie %d: %d %s", _i, got.rc, got.err.text);
    ck_assert_msg(strstr(got.err.text, lie[_i].says) != NULL, "lie %d: %s", _i, got.err.text);
}
END_TEST

START_TEST(views_and_formats_that_are_none)
{
    save_text("5 1 2 0\n", 8);
    const struct reading view = read_path(&(struct sq_event_options){.view = "upright"});
    ck_assert_int_eq(view.rc, SQ_EUSAGE);
    ck_assert_ptr_nonnull(strstr(view.err.text, "as stored"));
    const struct reading format = read_path(&(struct sq_event_options){.format = "mp4"});
    ck_assert_int_eq(format.rc, SQ_EUSAGE);
}
END_TEST

static void check_size(uint32_t width)
{
    const struct sq_event_options options = {.tolerate = false};
    struct sq_camera *reader = NULL;
    struct sq_error err = {0};
    ck_assert_int_eq(sq_camera_open(&err, path, &options, &reader), SQ_OK);
    ck_assert_uint_eq(sq_camera_facts(reader)->width, width);
    ck_assert(sq_camera_facts(reader)->size_is_guessed);
    sq_camera_close(reader);
}

/* N-MNIST with one pixel far outside is damage; with many, it is N-Caltech101. */
START_TEST(size_of_a_sensor_that_is_not_told)
{
    struct bytes bytes = {NULL, 0, 0};
    for (int i = 0; i < 200; i++) {
        bytes_put_u8(&bytes, i == 150 ? 200 : 33);
        bytes_put(&bytes, "\x10\x00\x00\x01", 4);
    }
    event_file_save(&bytes, path);
    check_size(34);
    for (size_t i = 0; i < 50; i += 5)
        bytes.data[i] = 200;
    event_file_save(&bytes, path);
    check_size(240);
    bytes_free(&bytes);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("events");
    TCase *tcase = tcase_create("event_reader");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, events_come_back, 0, (int)n_event_files);
    tcase_add_loop_test(tcase, a_pipe_that_gives_little, 0, (int)n_event_files);
    tcase_add_loop_test(tcase, cut_at_every_byte, 0, (int)n_event_files);
    tcase_add_loop_test(tcase, any_byte_changed, 0, (int)n_event_files);
    tcase_add_loop_test(tcase, time_runs_backwards, 0, (int)n_event_files);
    tcase_add_loop_test(tcase, pixels_outside_the_sensor, 0, (int)n_event_files);
    tcase_add_loop_test(tcase, lies, 0, 14);
    tcase_add_test(tcase, views_and_formats_that_are_none);
    tcase_add_test(tcase, size_of_a_sensor_that_is_not_told);
    suite_add_tcase(suite, tcase);
    return suite;
}

SQ_TEST_MAIN(suite())
