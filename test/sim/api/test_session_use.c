/* How a session is used and misused: one status and one sentence each, and the session goes on. */
#include "sim/api/calls.h"
#include "test/sim/api/session_case.h"

#include <math.h>
#include <pthread.h>

static void set_up(void)
{
    session_set_up("cifar-2-64");
}

static uint64_t push_all(spikeq_session *session, const struct spikeq_array *array)
{
    uint64_t n_taken = 0;
    const struct spikeq_samples samples = samples_of(array, 0);
    session_ok(spikeq_session_push(session, &samples, &n_taken));
    return n_taken;
}

START_TEST(push_takes_what_there_is_room_for)
{
    struct spikeq_session_state state = {.size = sizeof state};
    struct spikeq_result result = {.size = sizeof result};
    struct spikeq_samples samples = samples_of(&pixels, 1);
    uint64_t n_taken;
    const uint64_t n = pixels.dim[0];
    spikeq_session *session = session_open(SETTINGS("queue=1", "threads=2"));
    session_refused(spikeq_session_next(session, &result), SPIKEQ_EAGAIN, "no sample is under way");
    ck_assert_uint_eq(push_all(session, &pixels), 1);
    session_refused(spikeq_session_push(session, &samples, &n_taken), SPIKEQ_EAGAIN,
                    "the queue of 1 samples is full");
    ck_assert_uint_eq(n_taken, 0);
    session_ok(spikeq_session_next(session, &result));
    const float first = result.logits[0];
    session_ok(spikeq_session_push(session, &samples, &n_taken));
    ck_assert_uint_eq(n_taken, 1);
    ck_assert(result.logits[0] == first); /* until the next result is asked for */
    session_ok(spikeq_session_state(session, &state));
    ck_assert_uint_eq(state.n_pushed, 2);
    ck_assert_uint_eq(state.n_fetched, 1);
    ck_assert_uint_eq(state.room, 0);
    ck_assert_uint_eq(state.queue, 1);
    ck_assert_uint_eq(state.threads, 2);
    session_ok(spikeq_session_next(session, &result));
    ck_assert_uint_eq(result.sample, 1);
    ck_assert_int_eq(result.label, -1);
    samples.first = n;
    session_refused(spikeq_session_push(session, &samples, &n_taken), SPIKEQ_EUSAGE,
                    "samples: begin at");
    session_ok(spikeq_session_close(session, NULL));
    spikeq_session_free(session);
}
END_TEST

/* Results that nobody fetched are in the report; it outlives session, network and context. */
START_TEST(the_report_is_of_all_samples)
{
    spikeq_report *report;
    struct spikeq_summary summary = {.size = sizeof summary};
    spikeq_session *session = session_open(SETTINGS("queue=64"));
    const uint64_t n = push_all(session, &pixels);
    ck_assert_uint_eq(n, pixels.dim[0]);
    spikeq_network_free(network); /* the session holds it */
    session_ok(spikeq_session_close(session, &report));
    spikeq_session_free(session);
    spikeq_ctx_free(ctx);
    spikeq_report_summary(report, &summary);
    ck_assert_uint_eq(summary.n_samples, n);
    ck_assert_uint_gt(summary.additions, 0);
    ck_assert_ptr_nonnull(strstr(summary.input, "arrays in memory"));
    spikeq_report_free(report);
    npz_free(input, 1);
    session_set_up("cifar-2-64"); /* for the fixture */
}
END_TEST

START_TEST(an_abandoned_session_ends)
{
    const char *trace = temp_path("abandoned.db");
    char setting[300];
    snprintf(setting, sizeof setting, "trace=%s", trace);
    spikeq_session *session = session_open(SETTINGS("queue=64", setting));
    push_all(session, &pixels);
    spikeq_session_free(session);
    session = session_open(SETTINGS("queue=64"));
    spikeq_session_free(session);
    spikeq_session_free(NULL);
    spikeq_report *report;
    const int status = spikeq_report_of_trace(ctx, trace, &report);
    if (status == SPIKEQ_OK) { /* some samples were finished: the trace says that it is not whole */
        char *text;
        session_ok(spikeq_inspect(ctx, trace, NULL, &text));
        ck_assert_ptr_nonnull(strstr(text, "incomplete"));
        spikeq_free(text);
        spikeq_report_free(report);
    }
}
END_TEST

static void expect_push(spikeq_session *session, const struct spikeq_array *array, int code,
                        const char *part)
{
    uint64_t n_taken = 7;
    const struct spikeq_samples samples = samples_of(array, 0);
    session_refused(spikeq_session_push(session, &samples, &n_taken), code, part);
    ck_assert_uint_eq(n_taken, 0);
}

START_TEST(arrays_that_do_not_fit_are_refused)
{
    float *values = malloc(input->n_bytes);
    struct spikeq_result result = {.size = sizeof result};
    struct spikeq_samples samples = samples_of(&pixels, 0);
    struct spikeq_array a = pixels;
    int64_t labels[64] = {0, 99};
    uint64_t n_taken;
    spikeq_session *session = session_open(SETTINGS("queue=64"));
    memcpy(values, input->data, input->n_bytes);
    ck_assert_int_eq(pixels.dtype, SPIKEQ_F32);
    a.data = values;
    values[5] = NAN;
    expect_push(session, &a, SPIKEQ_EVALUE, "pixels: sample 0, channel 0, row 0, column 5 is NaN");
    values[5] = INFINITY;
    expect_push(session, &a, SPIKEQ_EVALUE, "infinite");
    a.n_dims = 3;
    expect_push(session, &a, SPIKEQ_ESHAPE, "pixels: holds float32 [");
    a.n_dims = 0;
    expect_push(session, &a, SPIKEQ_ESHAPE, "0 dimensions");
    a.n_dims = 9;
    expect_push(session, &a, SPIKEQ_ESHAPE, "9 dimensions");
    a = pixels;
    a.dim[1] = 7;
    expect_push(session, &a, SPIKEQ_ESHAPE, "another number of channels");
    a = pixels;
    a.dim[0] = 0;
    expect_push(session, &a, SPIKEQ_ESHAPE, "there is no sample");
    a.dim[0] = UINT64_MAX / 2;
    expect_push(session, &a, SPIKEQ_ESHAPE, "larger than any memory");
    a = pixels;
    a.dtype = SPIKEQ_I32;
    expect_push(session, &a, SPIKEQ_EUNSUPPORTED, "images of type int32");
    a.dtype = SPIKEQ_BITS;
    expect_push(session, &a, SPIKEQ_EUNSUPPORTED, "SPIKEQ_BITS holds spikes");
    a.dtype = (enum spikeq_dtype)77;
    expect_push(session, &a, SPIKEQ_EUNSUPPORTED, "dtype 77");
    a = pixels;
    a.size = 0;
    expect_push(session, &a, SPIKEQ_EUSAGE, "member size");
    a = pixels;
    a.data = NULL;
    expect_push(session, &a, SPIKEQ_EUSAGE, "no data");
    samples.labels = labels;
    session_refused(spikeq_session_push(session, &samples, &n_taken), SPIKEQ_EVALUE,
                    "sample 1 has label 99");
    samples.labels = NULL;
    samples.n_arrays = 2;
    session_refused(spikeq_session_push(session, &samples, &n_taken), SPIKEQ_EUSAGE, "2 arrays");
    samples.size = 3;
    session_refused(spikeq_session_push(session, &samples, &n_taken), SPIKEQ_EUSAGE, "member size");
    session_refused(spikeq_session_push(session, NULL, &n_taken), SPIKEQ_EUSAGE, "member size");
    /* And it goes on, as if nothing had been. */
    ck_assert_uint_eq(push_all(session, &pixels), pixels.dim[0]);
    result.size = 3;
    session_refused(spikeq_session_next(session, &result), SPIKEQ_EUSAGE, "member size");
    result.size = sizeof result;
    session_ok(spikeq_session_next(session, &result));
    ck_assert_uint_eq(result.sample, 0);
    spikeq_session_free(session);
    free(values);
}
END_TEST

START_TEST(a_struct_of_an_older_caller_is_filled_as_far_as_it_goes)
{
    struct {
        struct spikeq_result result;
        uint64_t guard;
    } old = {.result = {.size = offsetof(struct spikeq_result, n_classes), .n_classes = 12345}};
    spikeq_session *session = session_open(SETTINGS("queue=4"));
    push_all(session, &pixels);
    session_ok(spikeq_session_next(session, &old.result));
    ck_assert_uint_eq(old.result.n_classes, 12345);
    ck_assert_uint_eq(old.result.timesteps, 4);
    ck_assert_uint_eq(old.result.size, offsetof(struct spikeq_result, n_classes));
    spikeq_session_free(session);
}
END_TEST

START_TEST(spikes_are_given_of_what_was_kept)
{
    unsigned char bytes[16];
    struct spikeq_result result = {.size = sizeof result};
    struct spikeq_population_info info = {.size = sizeof info};
    spikeq_session *session = session_open(SETTINGS("keep=block.0.attn.?_lif"));
    size_t needed;
    session_refused(spikeq_session_spikes(session, "block.0.attn.q_lif", SPIKEQ_U8, NULL, 0, NULL),
                    SPIKEQ_EUSAGE, "no result was fetched yet");
    push_all(session, &pixels);
    session_ok(spikeq_session_next(session, &result));
    session_ok(spikeq_session_spikes(session, "block.0.attn.q_lif", SPIKEQ_U8, NULL, 0, &needed));
    session_refused(
        spikeq_session_spikes(session, "block.0.attn.q_lif", SPIKEQ_U8, bytes, sizeof bytes, NULL),
        SPIKEQ_ESHAPE, "16 bytes for spikes that take");
    session_refused(spikeq_session_spikes(session, "block.0.attn.q_lif", SPIKEQ_F32, NULL, 0, NULL),
                    SPIKEQ_EUNSUPPORTED, "SPIKEQ_U8 or SPIKEQ_BITS");
    session_refused(spikeq_session_spikes(session, "block.1.attn.q_lif", SPIKEQ_U8, NULL, 0, NULL),
                    SPIKEQ_EUSAGE, "are not kept");
    session_refused(spikeq_session_spikes(session, "block.0", SPIKEQ_U8, NULL, 0, NULL),
                    SPIKEQ_EUSAGE, "no such population");
    session_refused(spikeq_session_spikes(session, NULL, SPIKEQ_U8, NULL, 0, NULL), SPIKEQ_EUSAGE,
                    "of which population");
    session_refused(spikeq_session_wanted(session, 0, &info), SPIKEQ_EUSAGE,
                    "wants the spikes of 0 populations");
    spikeq_session_free(session);
}
END_TEST

static const struct {
    const char *setting, *part;
    int code;
} refused[] = {
    {"keep=nothing", "keep nothing: matches no population", SPIKEQ_EUSAGE},
    {"from=block.9", "from block.9: the network has no such population", SPIKEQ_EUSAGE},
    {"couple-batch=2", "no neurons whose state runs over", SPIKEQ_EUSAGE},
    {"isa=mmx", "isa mmx", SPIKEQ_EUSAGE},
    {"trace=/nowhere/at/all.db", "/nowhere/at/all.db", SPIKEQ_EIO},
    {"trace-codec=zlib", "trace is missing: its options say how to record one", SPIKEQ_EUSAGE},
};

START_TEST(options_that_do_not_fit_are_refused)
{
    spikeq_session *session = NULL;
    session_refused(session_try(SETTINGS(refused[_i].setting), &session), refused[_i].code,
                    refused[_i].part);
    ck_assert_ptr_null(session);
}
END_TEST

START_TEST(a_part_has_no_trace)
{
    char setting[300];
    spikeq_session *session = NULL;
    snprintf(setting, sizeof setting, "trace=%s", temp_path("part.db"));
    session_refused(session_try(SETTINGS(setting, "from=block.1"), &session), SPIKEQ_EUSAGE,
                    "trace does not go with from block.1");
    ck_assert_int_ne(access(temp_path("part.db"), F_OK), 0);
}
END_TEST

START_TEST(given_spikes_are_spikes)
{
    struct spikeq_population_info info = {.size = sizeof info};
    uint64_t n_taken;
    spikeq_session *session = session_open(SETTINGS("from=block.1.mlp.fc2_lif,block.1"));
    size_t n = 0, worst = 0;
    struct spikeq_array array[16];
    for (; spikeq_session_wanted(session, n, &info) == SPIKEQ_OK; n++) {
        array[n] =
            (struct spikeq_array){sizeof array[n], NULL, SPIKEQ_I64, 3, {4, 2, info.neurons}};
        worst = info.neurons > worst ? info.neurons : worst;
    }
    ck_assert_uint_gt(n, 1);
    int64_t *values = calloc(8 * worst, sizeof *values);
    for (size_t i = 0; i < n; i++)
        array[i].data = values;
    struct spikeq_samples samples = samples_of(array, 0);
    samples.n_arrays = n;
    session_ok(spikeq_session_push(session, &samples, &n_taken));
    ck_assert_uint_eq(n_taken, 2);
    values[3] = 2;
    session_refused(spikeq_session_push(session, &samples, &n_taken), SPIKEQ_EVALUE,
                    "the value at sample 2, timestep 0, index 3 is 2, expected 0 or 1");
    values[3] = -1;
    session_refused(spikeq_session_push(session, &samples, &n_taken), SPIKEQ_EVALUE, "is -1");
    values[3] = 0;
    array[n - 1].dim[0] = 3;
    session_refused(spikeq_session_push(session, &samples, &n_taken), SPIKEQ_ESHAPE,
                    "the session takes [4,2,");
    array[n - 1].dim[0] = 4;
    array[n - 1].dim[1] = 1;
    session_refused(spikeq_session_push(session, &samples, &n_taken), SPIKEQ_ESHAPE,
                    "spikes of shape");
    samples.n_arrays = n - 1;
    session_refused(spikeq_session_push(session, &samples, &n_taken), SPIKEQ_EUSAGE,
                    "see spikeq_session_wanted()");
    session_ok(spikeq_session_close(session, NULL));
    spikeq_session_free(session);
    free(values);
}
END_TEST

START_TEST(after_its_end_a_session_refuses)
{
    struct spikeq_session_state state = {.size = sizeof state};
    struct spikeq_result result = {.size = sizeof result};
    const struct spikeq_samples samples = samples_of(&pixels, 0);
    spikeq_report *report = NULL;
    uint64_t n_taken;
    spikeq_session *session = session_open(SETTINGS("queue=64"));
    push_all(session, &pixels);
    session_ok(spikeq_session_finish(session));
    session_ok(spikeq_session_finish(session));
    session_refused(spikeq_session_push(session, &samples, &n_taken), SPIKEQ_EUSAGE,
                    "finished: it takes no more samples");
    session_ok(spikeq_session_next(session, &result));
    session_ok(spikeq_session_close(session, NULL));
    session_refused(spikeq_session_push(session, &samples, &n_taken), SPIKEQ_EUSAGE, "is closed");
    session_refused(spikeq_session_next(session, &result), SPIKEQ_EUSAGE, "is closed");
    session_refused(spikeq_session_finish(session), SPIKEQ_EUSAGE, "is closed");
    session_refused(spikeq_session_state(session, &state), SPIKEQ_EUSAGE, "is closed");
    session_refused(spikeq_session_close(session, &report), SPIKEQ_EUSAGE, "is closed");
    ck_assert_ptr_null(report);
    spikeq_session_free(session);
}
END_TEST

START_TEST(a_fork_may_not_use_it)
{
    int status;
    struct spikeq_result result = {.size = sizeof result};
    spikeq_session *session = session_open(SETTINGS("queue=64"));
    push_all(session, &pixels);
    const pid_t child = fork();
    if (child == 0) {
        const int is_refused = spikeq_session_next(session, &result) == SPIKEQ_EUSAGE &&
                               strstr(spikeq_error_text(ctx), "forked") != NULL;
        spikeq_session_free(session); /* does nothing */
        _exit(is_refused ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    session_ok(spikeq_session_next(session, &result));
    spikeq_session_free(session);
}
END_TEST

/* Threads that hammer one session: each call is done or refused, and every sample comes once. */
struct hammer {
    spikeq_session *session;
    uint64_t n_pushed, n_fetched, n_busy;
};

static void *hammer(void *data)
{
    struct hammer *h = data;
    const struct spikeq_samples samples = samples_of(&pixels, 0);
    struct spikeq_result result = {.size = sizeof result};
    for (int i = 0; i < 60; i++) {
        uint64_t n_taken = 0;
        int status = spikeq_session_push(h->session, &samples, &n_taken);
        h->n_pushed += n_taken;
        h->n_busy += status == SPIKEQ_EBUSY;
        status = spikeq_session_next(h->session, &result);
        h->n_fetched += status == SPIKEQ_OK;
        h->n_busy += status == SPIKEQ_EBUSY;
        if (status != SPIKEQ_OK && status != SPIKEQ_EBUSY && status != SPIKEQ_EAGAIN)
            h->n_busy = 1u << 30;
    }
    return NULL;
}

START_TEST(two_threads_are_kept_apart)
{
    pthread_t thread[3];
    struct hammer of[3];
    spikeq_report *report;
    struct spikeq_summary summary = {.size = sizeof summary};
    struct spikeq_session_state state = {.size = sizeof state};
    spikeq_session *session = session_open(SETTINGS("queue=2", "threads=1"));
    for (int i = 0; i < 3; i++) {
        of[i] = (struct hammer){.session = session};
        ck_assert_int_eq(pthread_create(&thread[i], NULL, hammer, &of[i]), 0);
    }
    uint64_t n_pushed = 0, n_fetched = 0;
    for (int i = 0; i < 3; i++) {
        pthread_join(thread[i], NULL);
        n_pushed += of[i].n_pushed;
        n_fetched += of[i].n_fetched;
        ck_assert_uint_lt(of[i].n_busy, 1u << 30);
    }
    session_ok(spikeq_session_state(session, &state));
    ck_assert_uint_eq(state.n_pushed, n_pushed);
    ck_assert_uint_eq(state.n_fetched, n_fetched);
    session_ok(spikeq_session_close(session, &report));
    spikeq_report_summary(report, &summary);
    ck_assert_uint_eq(summary.n_samples, n_pushed);
    spikeq_report_free(report);
    spikeq_session_free(session);
    ck_assert_ptr_nonnull(strstr(spikeq_status_text(SPIKEQ_EBUSY), "another thread"));
    ck_assert_ptr_nonnull(strstr(spikeq_status_text(SPIKEQ_EAGAIN), "not now"));
}
END_TEST

/* What runs of files warn of, once. */
static int n_warned;
static void count_warning(void *data, const struct spikeq_warning *warning)
{
    (void)data;
    n_warned += strcmp(warning->name, "pixels-out-of-range") == 0;
}

START_TEST(doubtful_pixels_are_warned_of)
{
    const size_t n = input->n_bytes / sizeof(float);
    float *values = malloc(input->n_bytes);
    struct spikeq_array a = pixels;
    spikeq_report *report;
    struct spikeq_summary summary = {.size = sizeof summary};
    uint64_t n_taken;
    for (size_t i = 0; i < n; i++)
        values[i] = (float)(i % 256);
    a.data = values;
    n_warned = 0;
    spikeq_ctx_on_warning(ctx, count_warning, NULL);
    spikeq_session *session = session_open(SETTINGS("queue=64"));
    push_all(session, &a);
    push_all(session, &a);
    ck_assert_int_eq(n_warned, 1);
    session_ok(spikeq_session_close(session, &report));
    spikeq_session_free(session);
    spikeq_report_summary(report, &summary);
    ck_assert_uint_eq(summary.n_warnings, 1);
    spikeq_report_free(report);
    spikeq_ctx_strict(ctx, 1);
    const struct spikeq_samples samples = samples_of(&a, 0);
    session = session_open(SETTINGS("queue=64"));
    session_refused(spikeq_session_push(session, &samples, &n_taken), SPIKEQ_EVALUE,
                    "strict makes this warning an error");
    spikeq_session_free(session);
    free(values);
}
END_TEST

START_TEST(other_calls_of_the_context_go_between)
{
    char path[512];
    spikeq_report *report;
    struct spikeq_result result = {.size = sizeof result};
    golden_path(path, sizeof path, "cifar-2-64", "input.npy");
    spikeq_session *a = session_open(SETTINGS("queue=64")), *b = session_open(SETTINGS("queue=64"));
    push_all(a, &pixels);
    push_all(b, &pixels);
    session_ok(sq_api_run(ctx, network, &(struct sq_run_choices){.input = path}, &report));
    spikeq_report_free(report);
    session_ok(spikeq_session_next(a, &result));
    session_ok(spikeq_session_close(b, NULL));
    session_ok(spikeq_session_close(a, NULL));
    spikeq_session_free(b);
    spikeq_session_free(a);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("use of sessions");
    TCase *all = tcase_create("all");
    tcase_add_unchecked_fixture(all, temp_make, temp_remove);
    tcase_add_checked_fixture(all, set_up, session_tear_down);
    tcase_set_timeout(all, 120);
    tcase_add_test(all, push_takes_what_there_is_room_for);
    tcase_add_test(all, the_report_is_of_all_samples);
    tcase_add_test(all, an_abandoned_session_ends);
    tcase_add_test(all, arrays_that_do_not_fit_are_refused);
    tcase_add_test(all, a_struct_of_an_older_caller_is_filled_as_far_as_it_goes);
    tcase_add_test(all, spikes_are_given_of_what_was_kept);
    tcase_add_loop_test(all, options_that_do_not_fit_are_refused, 0,
                        sizeof refused / sizeof refused[0]);
    tcase_add_test(all, a_part_has_no_trace);
    tcase_add_test(all, given_spikes_are_spikes);
    tcase_add_test(all, after_its_end_a_session_refuses);
    tcase_add_test(all, a_fork_may_not_use_it);
    tcase_add_test(all, two_threads_are_kept_apart);
    tcase_add_test(all, doubtful_pixels_are_warned_of);
    tcase_add_test(all, other_calls_of_the_context_go_between);
    suite_add_tcase(suite, all);
    return suite;
}

SQ_TEST_MAIN(suite())
