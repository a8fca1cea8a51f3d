/* A disk that is full after any number of bytes: one clear line, the old file is kept, what the
 * file holds is whole samples, and with room again --resume ends where an uninterrupted run does.
 */
#include "test/crash/crash_case.h"
#include "test/support/full_disk.h"
#include "traces/read/trace_reader.h"
#include "traces/write/trace_writer.h"

enum { N_STEPS = 42 };

static uint64_t whole_bytes; /* that a whole recording writes, journals too */

static void set_up(void)
{
    full_disk_install();
    crash_set_up();
    full_disk_leave(UINT64_MAX);
    ck_assert_int_eq(crash_record(0, 0, NULL), SPIKEQ_OK);
    whole_bytes = full_disk_written();
    unlink(temp_path("a.db"));
}

/* Steps through the recording, from nothing written to all but the last byte. */
static uint64_t bytes_of(int step)
{
    return step < N_STEPS / 3 ? (uint64_t)step * 4096 / 3
                              : (whole_bytes - 1) * (uint64_t)(step + 1) / N_STEPS;
}

static void require_full(int status)
{
    ck_assert_msg(status == SPIKEQ_EIO, "%d: %s", status, spikeq_error_text(ctx));
    ck_assert_msg(strstr(spikeq_error_text(ctx), "a.db") != NULL &&
                      strstr(spikeq_error_text(ctx), "the disk is full") != NULL,
                  "%s", spikeq_error_text(ctx));
}

/* Whole transactions of whole samples; how many. */
static uint64_t count_whole(const char *path)
{
    struct sq_trace *trace;
    struct sq_error err = {0};
    char *text;
    ck_assert_msg(spikeq_trace_digest(ctx, path, &text) == SPIKEQ_OK, "%s", spikeq_error_text(ctx));
    spikeq_free(text);
    expect_ok(&err, sq_trace_open(&err, path, &trace));
    const uint64_t n = sq_trace_n_samples(trace);
    ck_assert_int_eq(sq_trace_is_complete(trace), 0);
    sq_trace_close(trace);
    ck_assert(n <= CRASH_SAMPLES); /* transactions end by count or by time */
    return n;
}

START_TEST(a_full_disk_keeps_whole_samples)
{
    unsigned n_kept = 0;
    for (int step = 0; step < N_STEPS; step++) {
        full_disk_leave(bytes_of(step));
        require_full(crash_record(0, 0, NULL));
        full_disk_leave(UINT64_MAX);
        if (access(temp_path("a.db"), F_OK) == 0) {
            ck_assert_uint_gt(count_whole(temp_path("a.db")), 0);
            n_kept++;
        }
        crash_require_tidy();
        crash_resume();
        unlink(temp_path("a.db"));
    }
    ck_assert_uint_gt(n_kept, N_STEPS / 10);
}
END_TEST

/* The same place again: what was kept is not lost when going on fails too. */
START_TEST(going_on_with_a_full_disk_loses_nothing)
{
    for (int step = N_STEPS / 3; step < N_STEPS; step += 4) {
        full_disk_leave(whole_bytes / 2);
        require_full(crash_record(0, 0, NULL));
        full_disk_leave(UINT64_MAX);
        const uint64_t n = count_whole(temp_path("a.db"));
        full_disk_leave(bytes_of(step) / 3);
        require_full(crash_record(0, 1, NULL));
        full_disk_leave(UINT64_MAX);
        ck_assert_uint_ge(count_whole(temp_path("a.db")), n);
        crash_resume();
        unlink(temp_path("a.db"));
    }
}
END_TEST

static void require_old(const char *old)
{
    char text[64] = "";
    FILE *file = fopen(temp_path("a.db"), "rb");
    ck_assert_ptr_nonnull(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    ck_assert_str_eq(text, old);
}

START_TEST(a_replacement_on_a_full_disk_keeps_the_old_file)
{
    static const char old[] = "an old file";
    for (int step = 0; step < N_STEPS; step += 2) {
        temp_text("a.db", old);
        full_disk_leave(bytes_of(step));
        require_full(crash_record(1, 0, NULL));
        require_old(old);
        full_disk_leave(UINT64_MAX);
        if (access(temp_path("a.db.partial"), F_OK) == 0) {
            ck_assert_uint_gt(count_whole(temp_path("a.db.partial")), 0);
            crash_resume();
        } else {
            ck_assert_int_eq(crash_record(1, 0, NULL), SPIKEQ_OK);
        }
        crash_require_tidy();
        unlink(temp_path("a.db"));
    }
}
END_TEST

static Suite *disk_suite(void)
{
    Suite *suite = suite_create("crash");
    TCase *tests = tcase_create("full disk");
    tcase_set_timeout(tests, 240);
    tcase_add_checked_fixture(tests, set_up, crash_tear_down);
    tcase_add_test(tests, a_full_disk_keeps_whole_samples);
    tcase_add_test(tests, going_on_with_a_full_disk_loses_nothing);
    tcase_add_test(tests, a_replacement_on_a_full_disk_keeps_the_old_file);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(disk_suite())
