/* The run loop: outcomes come in the order of the samples, whoever is done first; a failure of
 * observer or receiver ends the run with its code and sentence, and nothing is left out. */
#include "sim/engine/run.h"

#include "test/sim/input/temp_files.h"
#include "test/support/tiny_file.h"

#include <stdatomic.h>

enum { N_SAMPLES = 24 };

static struct tiny_network net;
static struct sq_network *network;
static struct sq_error err;

static void set_up(void)
{
    struct sq_rng rng = {31};
    tiny_draw_sizes(&rng, TINY_CIFAR10, &net);
    net.depth = 1;
    net.dim = net.hidden = 16;
    net.heads = 2;
    net.timesteps = 4;
    net.height = net.width = 8;
    net.batch = N_SAMPLES;
    tiny_fill(&rng, &net);
    tiny_write(&net, temp_dir);
    expect_ok(&err, sq_network_load(&err, "", temp_path("model.safetensors"),
                                    temp_path("config.json"), NULL, 0, &network));
}

static void tear_down(void)
{
    sq_network_free(network);
    tiny_free(&net);
}

/* What the callbacks of a run on_packet, and where they are told to fail. */
struct watch {
    const struct sq_sample_set *part; /* runs; NULL: all samples */
    uint64_t n_finished, n_progress, fail_at;
    atomic_uint n_seen, fail_seen;
    unsigned threads, batch;
    float *logits; /* [N_SAMPLES][classes] */
};

/* The sample that enters at this turn. */
static uint64_t number_of(const struct watch *watch, uint64_t turn)
{
    uint64_t left = turn;
    for (size_t i = 0; watch->part != NULL; i++) {
        const struct sq_range range = watch->part->range[i];
        if (left < range.end - range.first)
            return range.first + left;
        left -= range.end - range.first;
    }
    return turn;
}

static int finished(struct sq_error *error, void *data, const struct sq_outcome *outcome)
{
    struct watch *watch = data;
    ck_assert_uint_eq(outcome->turn, watch->n_finished);
    ck_assert_uint_eq(outcome->sample, number_of(watch, outcome->turn));
    ck_assert_int_eq(outcome->label, -1);
    memcpy(watch->logits + outcome->sample * net.classes, outcome->logits,
           net.classes * sizeof(float));
    if (++watch->n_finished == watch->fail_at)
        return sq_fail(error, SQ_EIO, "no more than %d", (int)watch->fail_at);
    return SQ_OK;
}

static void progress(void *data, uint64_t n_done, uint64_t n_total)
{
    struct watch *watch = data;
    ck_assert_uint_eq(n_done, ++watch->n_progress);
    ck_assert_uint_eq(n_total, watch->part != NULL ? sq_sample_set_count(watch->part) : N_SAMPLES);
}

/* On worker threads. */
static int on_packet(struct sq_error *error, void *data, const struct sq_packet_view *view)
{
    struct watch *watch = data;
    const unsigned n = atomic_fetch_add(&watch->n_seen, 1) + 1;
    if (view->sample >= N_SAMPLES || view->t >= net.timesteps || view->packet->bits == NULL ||
        view->sample != number_of(watch, view->turn) || view->slab == NULL ||
        view->worker >= watch->threads || view->lane >= watch->batch ||
        !sq_node_is_population(&network->node[view->node_index]))
        return sq_fail(error, SQ_EUSAGE, "wrong packet");
    return n == atomic_load(&watch->fail_seen) ? sq_fail(error, SQ_EIO, "packet %u", n) : SQ_OK;
}

static int run(struct watch *watch, unsigned threads, unsigned batch, enum sq_schedule schedule)
{
    const struct sq_config *config = &network->config;
    const struct sq_input_want want = {.timesteps = config->timesteps,
                                       .channels = config->in_channels,
                                       .height = config->image_height,
                                       .width = config->image_width,
                                       .config = config};
    const struct sq_observer observer = {.on_packet = on_packet, .data = watch};
    const struct sq_run_options options = {.threads = threads,
                                           .batch = batch,
                                           .schedule = schedule,
                                           .isa = "auto",
                                           .observers = {1, {&observer}},
                                           .finished = finished,
                                           .data = watch,
                                           .progress = progress,
                                           .progress_data = watch};
    struct sq_totals totals = {
        .tally = calloc(network->n_nodes * config->timesteps, sizeof *totals.tally)};
    struct sq_input *input;
    watch->logits = calloc((size_t)N_SAMPLES * net.classes, sizeof(float));
    expect_ok(&err, sq_input_open(&err, temp_path("input.npy"), NULL, &want, 0, &input));
    watch->threads = threads;
    watch->batch = batch;
    struct sq_feed feed = sq_feed_of_input(input);
    struct sq_set_ranges cursor;
    struct sq_ranges ranges;
    if (watch->part != NULL) {
        ranges = sq_ranges_of_set(&cursor, watch->part);
        feed.ranges = &ranges;
        feed.n_samples = sq_sample_set_count(watch->part);
    }
    const int status = sq_run(&err, network, &feed, &options, &totals);
    if (status == SQ_OK)
        ck_assert_uint_eq(totals.n_samples,
                          watch->part != NULL ? feed.n_samples : (uint64_t)N_SAMPLES);
    sq_input_free(input);
    free(totals.tally);
    return status;
}

static unsigned n_packets(void)
{
    unsigned n = 0;
    for (size_t i = 0; i < network->n_nodes; i++)
        n += sq_node_is_population(&network->node[i]) ? net.timesteps * N_SAMPLES : 0;
    return n;
}

START_TEST(outcomes_come_in_the_order_of_samples)
{
    static const unsigned batch[] = {1, 2, 3, 7, N_SAMPLES, 100};
    struct watch want = {0};
    expect_ok(&err, run(&want, 1, 1, SQ_SCHEDULE_STEP));
    for (size_t i = 0; i < sizeof batch / sizeof batch[0]; i++)
        for (unsigned threads = 1; threads <= 5; threads += 2) {
            struct watch watch = {0};
            expect_ok(&err, run(&watch, threads, batch[i], (enum sq_schedule)_i));
            ck_assert_uint_eq(watch.n_finished, N_SAMPLES);
            ck_assert_uint_eq(watch.n_progress, N_SAMPLES);
            ck_assert_uint_eq(atomic_load(&watch.n_seen), n_packets());
            ck_assert_mem_eq(watch.logits, want.logits, N_SAMPLES * net.classes * sizeof(float));
            free(watch.logits);
        }
    free(want.logits);
}
END_TEST

/* Samples of a part keep their numbers, and compute what they do in a run of all. */
START_TEST(a_part_of_the_samples_runs_as_in_the_whole)
{
    struct sq_rng rng = {71};
    struct watch want = {0};
    expect_ok(&err, run(&want, 1, 1, SQ_SCHEDULE_STEP));
    for (int round = 0; round < 12; round++) {
        struct sq_sample_set part = {.n = 0};
        for (uint64_t i = 0; i < N_SAMPLES; i++)
            if (sq_rng_below(&rng, 3) < (uint64_t)(round % 4))
                expect_ok(&err, sq_sample_set_append(&err, &part, (struct sq_range){i, i + 1}));
        struct watch watch = {.part = &part};
        expect_ok(&err,
                  run(&watch, 1 + (unsigned)round % 3, 1 + (unsigned)round, (enum sq_schedule)_i));
        ck_assert_uint_eq(watch.n_finished, sq_sample_set_count(&part));
        for (uint64_t i = 0; i < N_SAMPLES; i++)
            if (sq_sample_set_has(&part, i))
                ck_assert_mem_eq(watch.logits + i * net.classes, want.logits + i * net.classes,
                                 net.classes * sizeof(float));
        free(watch.logits);
        sq_sample_set_free(&part);
    }
    free(want.logits);
}
END_TEST

static int deal(struct sq_error *error, void *data, struct sq_range *range)
{
    uint64_t *next = data;
    if (*next == 6)
        return sq_fail(error, SQ_EIO, "nobody deals");
    *range = (struct sq_range){*next, *next + 2};
    *next += 2;
    return SQ_OK;
}

START_TEST(a_dealer_that_fails_ends_the_run)
{
    const struct sq_input_want want = {.timesteps = network->config.timesteps,
                                       .channels = network->config.in_channels,
                                       .height = network->config.image_height,
                                       .width = network->config.image_width,
                                       .config = &network->config};
    struct watch watch = {.logits = calloc((size_t)N_SAMPLES * net.classes, sizeof(float))};
    const struct sq_run_options options = {.threads = 2,
                                           .batch = 3,
                                           .schedule = (enum sq_schedule)_i,
                                           .isa = "auto",
                                           .finished = finished,
                                           .data = &watch};
    struct sq_totals totals = {
        .tally = calloc(network->n_nodes * network->config.timesteps, sizeof *totals.tally)};
    struct sq_input *input;
    uint64_t next = 0;
    const struct sq_ranges ranges = {.next = deal, .data = &next};
    expect_ok(&err, sq_input_open(&err, temp_path("input.npy"), NULL, &want, 0, &input));
    struct sq_feed feed = sq_feed_of_input(input);
    feed.ranges = &ranges;
    feed.n_samples = SQ_FEED_ENDLESS;
    expect(&err, sq_run(&err, network, &feed, &options, &totals), SQ_EIO, "nobody deals");
    ck_assert_uint_le(watch.n_finished, 6);
    sq_input_free(input);
    free(watch.logits);
    free(totals.tally);
}
END_TEST

START_TEST(a_receiver_that_fails_ends_the_run)
{
    for (unsigned batch = 1; batch <= 9; batch += 4) {
        struct watch watch = {.fail_at = 5};
        expect(&err, run(&watch, 2, batch, (enum sq_schedule)_i), SQ_EIO, "no more than 5");
        ck_assert_uint_lt(watch.n_finished, N_SAMPLES);
        free(watch.logits);
    }
}
END_TEST

START_TEST(an_observer_that_fails_ends_the_run)
{
    static const unsigned at[] = {1, 2, 100, 777};
    for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
        struct watch watch = {.fail_seen = at[i]};
        char part[32];
        snprintf(part, sizeof part, "packet %u", at[i]);
        expect(&err, run(&watch, 1 + (unsigned)i, 4, (enum sq_schedule)_i), SQ_EIO, part);
        ck_assert_uint_lt(watch.n_finished, N_SAMPLES);
        free(watch.logits);
    }
}
END_TEST

static Suite *run_suite(void)
{
    Suite *suite = suite_create("run");
    TCase *tests = tcase_create("the loop");
    tcase_set_timeout(tests, 60);
    tcase_add_unchecked_fixture(tests, temp_make, temp_remove);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, outcomes_come_in_the_order_of_samples, 0, 2);
    tcase_add_loop_test(tests, a_part_of_the_samples_runs_as_in_the_whole, 0, 2);
    tcase_add_loop_test(tests, a_dealer_that_fails_ends_the_run, 0, 2);
    tcase_add_loop_test(tests, a_receiver_that_fails_ends_the_run, 0, 2);
    tcase_add_loop_test(tests, an_observer_that_fails_ends_the_run, 0, 2);
    suite_add_tcase(suite, tests);
    return suite;
}

SQ_TEST_MAIN(run_suite())
