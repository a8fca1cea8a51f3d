/* kill -9 at 200 random moments of a recording: the file opens and holds whole samples only, what
 * it was to replace is there, and going on with it ends where an uninterrupted run does. */
#include "test/crash/crash_case.h"
#include "traces/read/trace_reader.h"
#include "traces/write/trace_writer.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

enum { N_TESTS = 8, N_KILLS = 25, N_REPLACEMENTS = 20 }; /* 8 x 25 = 200 kills */

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Record in a child, which is killed after so many seconds; -1: it is left alone. Whether it came
 * to its end. */
static int record_and_kill(int force, int resume, double seconds)
{
    const pid_t child = fork();
    int status;
    ck_assert_int_ge(child, 0);
    if (child == 0)
        _exit(crash_record(force, resume, NULL) != SPIKEQ_OK);
    if (seconds >= 0) {
        const struct timespec wait = {(time_t)seconds, (long)(1e9 * (seconds - (long)seconds))};
        nanosleep(&wait, NULL);
        kill(child, SIGKILL);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
    return WIFEXITED(status);
}

/* How long a recording takes, with the start of a process. */
static double whole_time(void)
{
    const double start = now();
    ck_assert_int_eq(record_and_kill(0, 0, -1), 1);
    const double seconds = now() - start;
    unlink(temp_path("a.db"));
    return seconds;
}

/* Samples of the trace at `path`, all whole; -1: there is none. */
static int64_t count_whole(const char *path)
{
    struct sq_trace *trace;
    struct sq_error err = {0};
    char *text;
    if (access(path, F_OK) != 0)
        return -1;
    ck_assert_msg(spikeq_inspect(ctx, path, NULL, &text) == SPIKEQ_OK, "%s",
                  spikeq_error_text(ctx));
    spikeq_free(text);
    ck_assert_msg(spikeq_trace_digest(ctx, path, &text) == SPIKEQ_OK, "%s", spikeq_error_text(ctx));
    spikeq_free(text);
    expect_ok(&err, sq_trace_open(&err, path, &trace));
    const int64_t n = (int64_t)sq_trace_n_samples(trace);
    ck_assert(n <= CRASH_SAMPLES); /* transactions end by count or by time */
    sq_trace_close(trace);
    return n;
}

/* Now and then the one that goes on is killed too. */
START_TEST(a_killed_recording_goes_on)
{
    struct sq_rng rng = {(uint64_t)_i};
    const double seconds = whole_time();
    unsigned n_cut = 0;
    for (int round = 0; round < N_KILLS; round++) {
        record_and_kill(0, 0, 1.1 * seconds * sq_rng_unit(&rng));
        const int64_t n = count_whole(temp_path("a.db"));
        n_cut += n >= 0 && n < CRASH_SAMPLES;
        if (round % 3 == 0) {
            record_and_kill(0, 1, seconds * sq_rng_unit(&rng));
            ck_assert_int_ge(count_whole(temp_path("a.db")), n);
        }
        crash_resume();
        unlink(temp_path("a.db"));
    }
    ck_assert_msg(n_cut > 0, "no recording was cut short: %d kills within %g s", N_KILLS, seconds);
}
END_TEST

static size_t size_of(const char *path)
{
    struct stat info;
    ck_assert_int_eq(stat(path, &info), 0);
    return (size_t)info.st_size;
}

/* Until the new trace is whole, the old file has the name. */
START_TEST(a_killed_replacement_keeps_the_old_file)
{
    static const char old[] = "an old file";
    struct sq_rng rng = {100 + (uint64_t)_i};
    const double seconds = whole_time();
    unsigned n_kept = 0, n_gone_on = 0;
    for (int round = 0; round < N_REPLACEMENTS; round++) {
        temp_text("a.db", old);
        record_and_kill(1, 0, 1.1 * seconds * sq_rng_unit(&rng));
        const int is_kept = size_of(temp_path("a.db")) == sizeof old - 1;
        n_kept += is_kept;
        if (!is_kept)
            ck_assert_int_eq(count_whole(temp_path("a.db")), CRASH_SAMPLES);
        const int status = crash_record(0, 1, NULL);
        n_gone_on += is_kept && status == SPIKEQ_OK;
        if (status != SPIKEQ_OK) { /* nothing to go on with yet: the old file is no trace */
            ck_assert_int_eq(status, SPIKEQ_EFORMAT);
            ck_assert_uint_eq(size_of(temp_path("a.db")), sizeof old - 1);
            ck_assert_int_eq(crash_record(1, 0, NULL), SPIKEQ_OK);
        }
        crash_resume();
        unlink(temp_path("a.db"));
    }
    ck_assert_uint_gt(n_kept, 0);
    ck_assert_uint_gt(n_gone_on, 0);
}
END_TEST

static Suite *kill_suite(void)
{
    Suite *suite = suite_create("crash");
    TCase *tests = tcase_create("kill");
    tcase_set_timeout(tests, 240);
    tcase_add_checked_fixture(tests, crash_set_up, crash_tear_down);
    tcase_add_loop_test(tests, a_killed_recording_goes_on, 0, N_TESTS);
    tcase_add_loop_test(tests, a_killed_replacement_keeps_the_old_file, 0, 1);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(kill_suite())
