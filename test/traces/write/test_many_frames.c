/* Samples of few frames and of many, which are inserted together: each is there, under its own number, and what
 * its checksum says. */
#include "test/sim/input/temp_files.h"
#include "test/support/random_trace.h"
#include "traces/compare/trace_digest.h"
#include "traces/read/trace_reader.h"

enum { TIMESTEPS = 4, MOST = 130, N_SAMPLES = 3 };

/* Frames of a sample are TIMESTEPS times as many: one, some 128 and some 256 of them. */
static const size_t n_populations[] = {1, 2, 31, 32, 33, 34, 63, 64, 65, 66, MOST};
enum { N_SIZES = sizeof n_populations / sizeof n_populations[0] };

static struct sq_trace_population population[MOST];

static struct sq_trace_plan plan_of(size_t n, int has_input)
{
    for (size_t p = 0; p < n; p++) {
        population[p] = (struct sq_trace_population){
            .n_rows = 3, .n_channels = 10, .n_dims = 2, .dim = {3, 10}, .threshold = 1};
        if (p == 0 && has_input)
            population[p].kind = SQ_TRACE_INPUT;
        snprintf(population[p].name, sizeof population[p].name, "p%zu", p);
    }
    return (struct sq_trace_plan){.timesteps = TIMESTEPS,
                                  .n_samples = N_SAMPLES,
                                  .n_populations = n,
                                  .population = population};
}

START_TEST(every_frame_is_there)
{
    const size_t n = n_populations[_i / 2];
    const struct sq_trace_plan plan = plan_of(n, _i % 2);
    struct sq_error err = {0};
    struct sq_trace *trace;
    char digest[SQ_DIGEST_TEXT];
    uint64_t n_frames = 0;
    random_trace(temp_path("a.db"), &plan, (uint64_t)_i, N_SAMPLES);
    ck_assert_msg(sq_trace_open(&err, temp_path("a.db"), &trace) == SQ_OK, "%s", err.text);
    ck_assert_msg(sq_trace_digest(&err, trace, digest) == SQ_OK, "%s", err.text);
    ck_assert_int_eq(sq_trace_n_frames(&err, trace, &n_frames), SQ_OK);
    ck_assert_uint_eq(n_frames, n * TIMESTEPS * N_SAMPLES);
    sq_trace_close(trace);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("traces/write many frames");
    TCase *t = tcase_create("many frames");
    tcase_add_checked_fixture(t, temp_make, temp_remove);
    tcase_add_loop_test(t, every_frame_is_there, 0, 2 * N_SIZES);
    suite_add_tcase(s, t);
    return s;
}

SQ_TEST_MAIN(suite())
