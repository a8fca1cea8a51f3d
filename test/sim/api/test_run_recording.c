/* Recordings through a network: frames given as an array, as events that bin into them, and as a
 * stream of those events give the same spikes. */
#include "sim/api/calls.h"
#include "test/support/tiny_file.h"
#include "test/traces/files/make_array.h"

#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <sys/wait.h>

enum { STEP_US = 1000, SAMPLES = 2, STREAM_SAMPLES = 3 };

static struct tiny_network net;
static spikeq_ctx *ctx;
static spikeq_network *network;
static size_t frame_elements;

static void set_up(void)
{
    struct sq_rng rng = {5};
    tiny_draw_sizes(&rng, TINY_CIFAR10DVS, &net);
    net.depth = 1;
    net.timesteps = net.frames = 3;
    net.channels = 2;
    net.batch = STREAM_SAMPLES;
    tiny_fill(&rng, &net);
    frame_elements = (size_t)2 * net.height * net.width;
    for (size_t i = 0; i < net.n_input; i++) /* counts */
        net.input[i] = sq_rng_below(&rng, 3) == 0 ? (float)(1 + sq_rng_below(&rng, 4)) : 0;
    tiny_write(&net, temp_dir);
    ck_assert_int_eq(spikeq_ctx_new(&ctx), SPIKEQ_OK);
    ck_assert_msg(spikeq_network_load(ctx, temp_path("model.safetensors"), temp_path("config.json"),
                                      NULL, 0, &network) == SPIKEQ_OK,
                  "%s", spikeq_error_text(ctx));
}

static void tear_down(void)
{
    spikeq_network_free(network);
    spikeq_ctx_free(ctx);
    tiny_free(&net);
}

/* The events of frames first .. first + n - 1, all frames of the input in one row: frame k lies
 * between k and k + 1 ms, but for the very last event, which ends the recording. */
static void write_frames(FILE *file, size_t first, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        const float *frame = net.input + (first + k) * frame_elements;
        size_t last = frame_elements, seen = 0;
        for (size_t i = 0; i < frame_elements; i++)
            last = frame[i] > 0 ? i : last;
        for (size_t i = 0; i < frame_elements; i++)
            for (int c = 0; c < (int)frame[i]; c++, seen++) {
                const int is_end = k + 1 == n && i == last && c + 1 == (int)frame[i];
                const size_t within = seen < STEP_US - 1 ? seen : STEP_US - 1;
                fprintf(file, "%zu %zu %zu %zu\n", is_end ? n * STEP_US : k * STEP_US + within,
                        i % net.width, i / net.width % net.height,
                        i / ((size_t)net.height * net.width));
            }
    }
}

static const char *write_recording(const char *name, size_t first, size_t n)
{
    const char *path = temp_path(name);
    FILE *file = fopen(path, "w");
    write_frames(file, first, n);
    fclose(file);
    return path;
}

/* Run and record; the trace's name. */
static const char *run(const char *trace, struct sq_run_choices options)
{
    spikeq_report *report = NULL;
    const char *path = temp_path(trace);
    options.trace.path = path;
    options.trace.force = 1;
    options.frames.width = options.frames.rule != NULL ? net.width : 0;
    options.frames.height = options.frames.rule != NULL ? net.height : 0;
    ck_assert_msg(sq_api_run(ctx, network, &options, &report) == SPIKEQ_OK, "%s",
                  spikeq_error_text(ctx));
    spikeq_report_free(report);
    return path;
}

static void check_equal(const char *a, const char *b)
{
    char *text = NULL;
    int is_equal = 0;
    ck_assert_int_eq(sq_api_diff(ctx, a, b, &(struct sq_diff_choices){0}, &is_equal, &text),
                     SPIKEQ_OK);
    ck_assert_msg(is_equal, "%s", text);
    spikeq_free(text);
}

START_TEST(frames_or_the_events_that_bin_into_them)
{
    char rule[32];
    mkdir(temp_path("set"), 0777);
    for (size_t b = 0; b < SAMPLES; b++)
        write_recording(b == 0 ? "set/0.txt" : "set/1.txt", b * net.timesteps, net.timesteps);
    snprintf(rule, sizeof rule, _i == 0 ? "time:%u" : "duration:%u:new",
             _i == 0 ? net.timesteps : STEP_US);
    const char *array =
        run("array.db", (struct sq_run_choices){.input = temp_path("input.npy"), .limit = SAMPLES});
    const char *events = run(
        "events.db", (struct sq_run_choices){.input = temp_path("set"), .frames = {.rule = rule}});
    check_equal(array, events);
}
END_TEST

/* What steps told. */
struct steps {
    uint64_t n, spikes, events;
    float logits[64];
};

static void on_step(void *data, const struct spikeq_step *step)
{
    struct steps *steps = data;
    ck_assert_uint_eq(step->sample, steps->n / net.timesteps);
    ck_assert_uint_eq(step->timestep, steps->n % net.timesteps);
    ck_assert(step->timestep == 0 || step->spikes >= steps->spikes);
    ck_assert(step->latency_seconds >= 0 && step->n_classes == net.classes);
    ck_assert_uint_lt(step->prediction, net.classes);
    steps->spikes = step->spikes;
    steps->events += step->events;
    steps->n++;
}

static const struct sq_frames_choices by_stream = {.rule = "duration:1000", .stream = 1};

START_TEST(a_stream_is_its_samples)
{
    struct steps steps = {0};
    double events = 0;
    for (size_t i = 0; i < net.n_input; i++)
        events += (double)net.input[i];
    write_recording("all.txt", 0, STREAM_SAMPLES * net.timesteps);
    const char *array = run("array.db", (struct sq_run_choices){.input = temp_path("input.npy")});
    const char *stream = run("stream.db", (struct sq_run_choices){.input = temp_path("all.txt"),
                                                                  .frames = by_stream,
                                                                  .threads = 1 + (unsigned)_i,
                                                                  .step = on_step,
                                                                  .step_data = &steps});
    check_equal(array, stream);
    ck_assert_uint_eq(steps.n, STREAM_SAMPLES * net.timesteps);
    ck_assert((double)steps.events == events);
}
END_TEST

/* A writer in another process; it stops in the middle if `frames` are not whole samples. */
START_TEST(a_fifo)
{
    const size_t frames = _i == 0 ? (size_t)STREAM_SAMPLES * net.timesteps : net.timesteps + 1;
    const char *fifo = temp_path("fifo"), *file = write_recording("part.txt", 0, frames);
    unlink(fifo);
    ck_assert_int_eq(mkfifo(fifo, 0666), 0);
    const pid_t child = fork();
    if (child == 0) {
        FILE *to = fopen(fifo, "w");
        write_frames(to, 0, frames);
        fclose(to);
        _exit(0);
    }
    struct steps steps = {0};
    const char *by_file =
        run("file.db", (struct sq_run_choices){.input = file, .frames = by_stream});
    const char *by_fifo =
        run("fifo.db", (struct sq_run_choices){.input = fifo,
                                               .frames = {.rule = "duration:1000"},
                                               .step = on_step,
                                               .step_data = &steps});
    waitpid(child, NULL, 0);
    check_equal(by_file, by_fifo);
    ck_assert_uint_ge(steps.n, frames / net.timesteps * net.timesteps);
}
END_TEST

/* A writer that sends the next frame only when the last was told: nothing is held back but the
 * events that show that a frame is complete. */
static int answer[2];

static void on_answered_step(void *data, const struct spikeq_step *step)
{
    (void)step;
    ++*(int *)data;
    ck_assert_int_eq(write(answer[1], "", 1), 1);
}

START_TEST(a_frame_goes_through_when_it_is_complete)
{
    const char *fifo = temp_path("fifo");
    int n_steps = 0;
    unlink(fifo);
    ck_assert_int_eq(mkfifo(fifo, 0666), 0);
    ck_assert_int_eq(pipe(answer), 0);
    const pid_t child = fork();
    if (child == 0) {
        char byte;
        FILE *to = fopen(fifo, "w");
        fprintf(to, "0 1 2 1\n");
        for (unsigned k = 1; k <= 2 * net.timesteps; k++) {
            fprintf(to, "%u 3 1 0\n", k * STEP_US + 1);
            fflush(to);
            if (read(answer[0], &byte, 1) != 1)
                break;
        }
        _exit(0);
    }
    run("fifo.db", (struct sq_run_choices){.input = fifo,
                                           .frames = {.rule = "duration:1000"},
                                           .threads = 1 + (unsigned)_i,
                                           .step = on_answered_step,
                                           .step_data = &n_steps});
    waitpid(child, NULL, 0);
    ck_assert_int_eq(n_steps, 2 * (int)net.timesteps + 1);
}
END_TEST

/* A FIFO whose writer stays: the step that is told last is followed by SIGINT, and nothing more. */
static void on_step_before_sigint(void *data, const struct spikeq_step *step)
{
    ++*(unsigned *)data;
    if (step->sample == 1 && step->timestep == 0)
        kill(getpid(), SIGINT);
}

START_TEST(sigint_ends_waiting)
{
    const char *fifo = temp_path("fifo");
    spikeq_report *report = NULL;
    struct spikeq_summary summary = {.size = sizeof summary};
    unsigned n_steps = 0;
    unlink(fifo);
    ck_assert_int_eq(mkfifo(fifo, 0666), 0);
    const pid_t child = fork();
    if (child == 0) {
        FILE *to = fopen(fifo, "w");
        for (unsigned k = 0; k < net.timesteps + 2; k++)
            fprintf(to, "%u 3 1 0\n", k * STEP_US + k);
        fflush(to);
        pause();
        _exit(0);
    }
    const struct sq_run_choices options = {
        .input = fifo,
        .frames = {.rule = "duration:1000", .width = net.width, .height = net.height},
        .threads = 1 + (unsigned)_i,
        .step = on_step_before_sigint,
        .step_data = &n_steps,
        .stop_on_sigint = 1};
    ck_assert_int_eq(sq_api_run(ctx, network, &options, &report), SPIKEQ_EINTERRUPTED);
    ck_assert_str_eq(spikeq_error_text(ctx), "interrupted after 1 sample");
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    spikeq_report_summary(report, &summary);
    ck_assert_uint_eq(summary.n_samples, 1);
    ck_assert_uint_eq(n_steps, net.timesteps + 1);
    spikeq_report_free(report);
}
END_TEST

/* What the report of a run over set/ says of its events, or NULL; the run goes on with a trace. */
static char *counts_of(struct sq_run_choices options, int status)
{
    spikeq_report *report = NULL;
    char *text = NULL, *counts = NULL;
    options.input = temp_path("set");
    options.trace.path = temp_path("resumed.db");
    options.frames =
        (struct sq_frames_choices){.rule = "time:3", .width = net.width, .height = net.height};
    ck_assert_int_eq(sq_api_run(ctx, network, &options, &report), status);
    ck_assert_int_eq(spikeq_report_json(ctx, report, &text), SPIKEQ_OK);
    const char *from = strstr(text, "\"recordings\"");
    if (from != NULL)
        counts = strndup(from, (size_t)(strstr(from, "\"outside\"") - from));
    spikeq_free(text);
    spikeq_report_free(report);
    return counts;
}

static void interrupt_first(void *data, uint64_t n_done, uint64_t n_total)
{
    (void)data;
    (void)n_total;
    if (n_done == 1)
        raise(SIGINT);
}

/* The counts of an interrupted run stay in its trace, and the run that goes on adds its own. */
START_TEST(counts_of_a_resumed_run_are_those_of_all)
{
    char name[32];
    mkdir(temp_path("set"), 0777);
    for (size_t b = 0; b < 9; b++) {
        snprintf(name, sizeof name, "set/%zu.txt", b);
        write_recording(name, b % STREAM_SAMPLES * net.timesteps, net.timesteps);
    }
    unlink(temp_path("resumed.db"));
    char *part = counts_of(
        (struct sq_run_choices){
            .batch = 1, .threads = 1, .stop_on_sigint = 1, .progress = interrupt_first},
        SPIKEQ_EINTERRUPTED);
    char *whole = counts_of((struct sq_run_choices){.trace = {.resume = 1}}, SPIKEQ_OK);
    char *again = counts_of((struct sq_run_choices){.trace = {.resume = 1}}, SPIKEQ_OK);
    char *anew = counts_of((struct sq_run_choices){.trace = {.force = 1}}, SPIKEQ_OK);
    ck_assert_str_ne(part, whole);
    ck_assert_str_eq(whole, anew);
    ck_assert_str_eq(again, anew);
    free(part);
    free(whole);
    free(again);
    free(anew);
}
END_TEST

/* Membranes that are carried over change the second sample, not the first. */
START_TEST(state_is_carried_or_reset)
{
    struct sq_frames_choices carried = by_stream;
    char *text = NULL;
    int is_equal = 1;
    carried.carry = 1;
    write_recording("all.txt", 0, STREAM_SAMPLES * net.timesteps);
    const char *a = run(
        "reset.db", (struct sq_run_choices){.input = temp_path("all.txt"), .frames = by_stream});
    const char *b =
        run("carry.db", (struct sq_run_choices){.input = temp_path("all.txt"), .frames = carried});
    ck_assert_int_eq(
        sq_api_diff(ctx, a, b, &(struct sq_diff_choices){.samples = "0"}, &is_equal, &text),
        SPIKEQ_OK);
    ck_assert(is_equal);
    spikeq_free(text);
    ck_assert_int_eq(
        sq_api_diff(ctx, a, b, &(struct sq_diff_choices){.samples = "1:"}, &is_equal, &text),
        SPIKEQ_OK);
    ck_assert(!is_equal);
    spikeq_free(text);
}
END_TEST

static void refuse(struct sq_run_choices options, int code, const char *says)
{
    spikeq_report *report = NULL;
    ck_assert_int_eq(sq_api_run(ctx, network, &options, &report), code);
    ck_assert_msg(strstr(spikeq_error_text(ctx), says) != NULL, "%s", spikeq_error_text(ctx));
}

START_TEST(what_is_refused)
{
    const char *path = write_recording("one.txt", 0, net.timesteps);
    refuse(
        (struct sq_run_choices){
            .input = path,
            .frames = {.rule = "number:7", .width = net.width, .height = net.height}},
        SPIKEQ_ESHAPE, "makes 7 frames");
    refuse((struct sq_run_choices){.input = path, .frames = {.bin = 2}}, SPIKEQ_EUSAGE,
           "no frames RULE");
    refuse((struct sq_run_choices){.input = path, .frames = {.rule = "time:3", .crop = "left"}},
           SPIKEQ_EUSAGE, "crop left");
    refuse((struct sq_run_choices){.input = path,
                                   .frames = {.rule = "time:3", .width = 200, .height = 200}},
           SPIKEQ_ESHAPE, "crop center");
    refuse((struct sq_run_choices){.input = path, .frames = {.rule = "number:3", .stream = 1}},
           SPIKEQ_EUSAGE, "duration:US");
    refuse((struct sq_run_choices){.input = path,
                                   .labels = path,
                                   .frames = {.rule = "duration:1000", .stream = 1}},
           SPIKEQ_EUSAGE, "no labels");
}
END_TEST

/* A pixel in the corner of a smaller sensor, padded and cropped by each rule. */
START_TEST(crop_and_pad)
{
    static const struct {
        unsigned width;
        const char *crop, *pad;
    } way[] = {
        {64, NULL, "center"}, {64, NULL, "corner"}, {400, "center", NULL}, {400, "corner", NULL}};
    spikeq_report *report = NULL;
    const char *path = temp_write("dots.txt", "0 5 5 1\n1 6 5 1\n2 7 5 0\n3 8 5 0\n", 32);
    const struct sq_run_choices options = {
        .input = path,
        .frames = {.rule = "number:3",
                   .width = way[_i].width,
                   .height = way[_i].width,
                   .crop = way[_i].crop != NULL ? way[_i].crop : "corner",
                   .pad = way[_i].pad != NULL ? way[_i].pad : "corner"}};
    char *text = NULL;
    ck_assert_msg(sq_api_run(ctx, network, &options, &report) == SPIKEQ_OK, "%s",
                  spikeq_error_text(ctx));
    ck_assert_int_eq(spikeq_report_json(ctx, report, &text), SPIKEQ_OK);
    ck_assert_ptr_nonnull(strstr(text, "\"events\":\t4"));
    spikeq_free(text);
    spikeq_report_free(report);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("report");
    TCase *tcase = tcase_create("run_recording");
    tcase_add_unchecked_fixture(tcase, temp_make, temp_remove);
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, frames_or_the_events_that_bin_into_them, 0, 2);
    tcase_add_loop_test(tcase, a_stream_is_its_samples, 0, 3);
    tcase_add_loop_test(tcase, a_fifo, 0, 2);
    tcase_add_loop_test(tcase, a_frame_goes_through_when_it_is_complete, 0, 3);
    tcase_add_loop_test(tcase, sigint_ends_waiting, 0, 3);
    tcase_add_test(tcase, counts_of_a_resumed_run_are_those_of_all);
    tcase_add_test(tcase, state_is_carried_or_reset);
    tcase_add_test(tcase, what_is_refused);
    tcase_add_loop_test(tcase, crop_and_pad, 0, 4);
    suite_add_tcase(suite, tcase);
    return suite;
}

SQ_TEST_MAIN(suite())
