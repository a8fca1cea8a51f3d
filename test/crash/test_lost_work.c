/* At most a second of work is lost: what was finished a second before the process was killed, or
 * the disk was full, is in the file, however few samples that are; and the sentence says how many.
 * A part of a run's samples is gone on with like all of them. */
#include "test/crash/crash_case.h"
#include "test/support/full_disk.h"
#include "traces/read/trace_reader.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

enum { FEW = 5 }; /* far from a whole transaction */

static void set_up(void)
{
    full_disk_install();
    crash_set_up();
    full_disk_leave(UINT64_MAX);
}

static void tear_down(void)
{
    crash_samples = NULL;
    crash_pause = NULL;
    crash_tear_down();
}

static void wait_a_second(void)
{
    const struct timespec second = {1, 0};
    nanosleep(&second, NULL);
}

static void wait_and_die(void)
{
    wait_a_second();
    kill(getpid(), SIGKILL);
}

static void wait_and_fill(void)
{
    wait_a_second();
    full_disk_leave(0);
}

/* In a child, which kills itself. */
static void record_and_die(void)
{
    const pid_t child = fork();
    int status;
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        crash_pause = wait_and_die;
        crash_record(0, 0, NULL);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status));
}

static uint64_t count(void)
{
    struct sq_trace *trace;
    struct sq_error err = {0};
    expect_ok(&err, sq_trace_open(&err, temp_path("a.db"), &trace));
    const uint64_t n = sq_trace_n_samples(trace);
    ck_assert_int_eq(sq_trace_is_complete(trace), 0);
    sq_trace_close(trace);
    return n;
}

START_TEST(a_killed_run_keeps_what_is_a_second_old)
{
    crash_pause_at = FEW;
    record_and_die();
    ck_assert_uint_ge(count(), FEW);
    crash_resume();
}
END_TEST

/* "a.db: ...: the disk is full, make room; 7 whole samples are kept, ...": is it true? */
static void require_sentence(void)
{
    char wanted[80];
    const char *got = spikeq_error_text(ctx);
    ck_assert_msg(strstr(got, ": the disk is full, make room; ") != NULL, "%s", got);
    if (access(temp_path("a.db"), F_OK) != 0) {
        ck_assert_msg(strstr(got, "; no sample was written, nothing is left of it") != NULL, "%s",
                      got);
        return;
    }
    const unsigned long long n = count();
    snprintf(wanted, sizeof wanted,
             n == 1 ? "; 1 whole sample is kept, " : "; %llu whole samples are kept, ", n);
    ck_assert_msg(strstr(got, wanted) != NULL, "%s: wanted%s", got, wanted);
}

START_TEST(a_full_disk_keeps_what_is_a_second_old)
{
    crash_pause_at = FEW;
    crash_pause = wait_and_fill;
    ck_assert_int_eq(crash_record(0, 0, NULL), SPIKEQ_EIO);
    crash_pause = NULL;
    full_disk_leave(UINT64_MAX);
    require_sentence();
    ck_assert_uint_ge(count(), FEW);
    crash_require_tidy();
    crash_resume();
}
END_TEST

/* From nothing written to most of the file, in steps. */
START_TEST(the_sentence_says_what_is_left)
{
    full_disk_leave(UINT64_MAX);
    ck_assert_int_eq(crash_record(0, 0, NULL), SPIKEQ_OK);
    const uint64_t all = full_disk_written();
    unlink(temp_path("a.db"));
    for (uint64_t bytes = 0; bytes < all; bytes += all / 40) {
        full_disk_leave(bytes);
        ck_assert_int_eq(crash_record(0, 0, NULL), SPIKEQ_EIO);
        full_disk_leave(UINT64_MAX);
        require_sentence();
        unlink(temp_path("a.db"));
    }
}
END_TEST

/* Numbers of samples are not their count: the part begins at 20. */
START_TEST(a_part_is_gone_on_with)
{
    static const char *const part[] = {"20:141", "149", "1:", ":77", "64:128"};
    static const uint64_t cut_at[] = {31, 149, 130, 70, 100};
    char whole[80], digest[80];
    crash_samples = part[_i];
    ck_assert_int_eq(crash_record(0, 0, NULL), SPIKEQ_OK);
    crash_digest(whole);
    unlink(temp_path("a.db"));
    crash_pause_at = cut_at[_i];
    record_and_die();
    ck_assert_msg(crash_record(0, 1, NULL) == SPIKEQ_OK, "%s", spikeq_error_text(ctx));
    crash_digest(digest);
    ck_assert_str_eq(digest, whole);
    crash_require_tidy();
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("crash lost work");
    TCase *t = tcase_create("lost work");
    tcase_set_timeout(t, 240);
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, a_killed_run_keeps_what_is_a_second_old);
    tcase_add_test(t, a_full_disk_keeps_what_is_a_second_old);
    tcase_add_test(t, the_sentence_says_what_is_left);
    tcase_add_loop_test(t, a_part_is_gone_on_with, 0, 5);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
