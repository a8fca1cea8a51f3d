/* The first convolution of a camera's frame, 128x128 pixels, 2 polarities, 32 outputs (the 2-256
 * network of CIFAR10-DVS): events of whole counts against the same frame multiplied, as the engine
 * does either, LIF included. For each instruction set and share of pixels that hold events:
 * milliseconds a frame both ways and their ratio, median of N_SAMPLES, processor time, one thread.
 * Prints, judges nothing. */
#include "sim/engine/feed.h"
#include "sim/nodes/nodes.h"
#include "test/bench/measure.h"
#include "test/support/tiny_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SIDE = 128, POLARITIES = 2, DIM = 256, N_SAMPLES = 9, N_FRAMES = 20 };

struct bench {
    struct sq_arena arena;
    struct sq_network *network;
    struct sq_lane lane;
    struct sq_scratch scratch;
    struct sq_kernels kernels;
};

static void require(int status, const struct sq_error *err)
{
    if (status == SQ_OK)
        return;
    fprintf(stderr, "bench_first_layer: %s\n", err->text);
    exit(EXIT_FAILURE);
}

static void load(struct bench *bench)
{
    char folder[] = "/tmp/spikeq-bench-XXXXXX", model[64], config[64], input[64];
    struct tiny_network net = {.layout = TINY_CIFAR10DVS};
    struct sq_rng rng = {1};
    struct sq_error err = {0};
    tiny_draw_sizes(&rng, TINY_CIFAR10DVS, &net);
    net.depth = net.timesteps = net.batch = net.frames = 1;
    net.dim = net.hidden = DIM;
    net.heads = 16;
    net.channels = POLARITIES;
    net.height = net.width = SIDE;
    tiny_fill(&rng, &net);
    if (mkdtemp(folder) == NULL)
        exit(EXIT_FAILURE);
    tiny_write(&net, folder);
    snprintf(model, sizeof model, "%s/model.safetensors", folder);
    snprintf(config, sizeof config, "%s/config.json", folder);
    snprintf(input, sizeof input, "%s/input.npy", folder);
    require(sq_network_load(&err, folder, model, config, NULL, 0, &bench->network), &err);
    require(sq_lane_alloc(&err, &bench->arena, bench->network, 2, 0, &bench->lane), &err);
    require(sq_scratch_alloc(&err, &bench->arena, bench->network, 0, &bench->scratch), &err);
    unlink(model);
    unlink(config);
    unlink(input);
    rmdir(folder);
    tiny_free(&net);
}

/* One pixel in so many holds events: one, seldom more, as cameras give them. */
static void draw_frame(struct bench *bench, double share)
{
    struct sq_rng rng = {2};
    for (size_t i = 0; i < (size_t)SIDE * SIDE * POLARITIES; i++) {
        float count = sq_rng_unit(&rng) < share;
        while (count > 0 && count < 15 && sq_rng_unit(&rng) < 0.3)
            count++;
        bench->lane.pixels[i] = count;
    }
}

static double ms_a_frame(struct bench *bench)
{
    static const struct sq_feed feed;
    const struct sq_shared shared = {.network = bench->network,
                                     .kernels = &bench->kernels,
                                     .depth = 2,
                                     .feed = &feed,
                                     .uncounted = 1};
    struct sq_task task = {.shared = &shared,
                           .node = &bench->network->node[1],
                           .node_index = 1,
                           .lane = &bench->lane,
                           .membrane = bench->lane.membrane[1],
                           .scratch = &bench->scratch,
                           .n_steps = 1};
    const double start = clock_seconds(CLOCK_THREAD_CPUTIME_ID);
    for (int i = 0; i < N_FRAMES; i++)
        sq_deliver_analog(&task);
    return 1e3 * (clock_seconds(CLOCK_THREAD_CPUTIME_ID) - start) / N_FRAMES;
}

/* Both ways in turn; half an event in one pixel, and the frame holds no counts. */
static void measure(struct bench *bench, const char *isa, double share)
{
    double events[N_SAMPLES], multiplied[N_SAMPLES];
    draw_frame(bench, share);
    for (int i = 0; i < N_SAMPLES; i++) {
        bench->lane.pixels[0] = 1;
        events[i] = ms_a_frame(bench);
        bench->lane.pixels[0] = 0.5f;
        multiplied[i] = ms_a_frame(bench);
    }
    const double with = median(events, N_SAMPLES), without = median(multiplied, N_SAMPLES);
    printf("%-8s %6.0f %10.3f %12.3f %8.2f\n", isa, 100 * share, with, without, without / with);
}

START_TEST(first_layer)
{
    static const char *const isa[] = {"scalar", "avx2", "avx512", "neon"};
    static const double share[] = {0.01, 0.02, 0.05, 0.1, 0.2, 0.4};
    struct bench bench = {.network = NULL};
    load(&bench);
    printf("%-8s %6s %10s %12s %8s\n", "isa", "%", "events, ms", "multiply, ms", "ratio");
    for (size_t i = 0; i < sizeof isa / sizeof isa[0]; i++) {
        const int features = sq_cpu_restrict(sq_cpu_detect().features, isa[i]);
        if (features < 0)
            continue;
        sq_kernels_choose(&bench.kernels, (unsigned)features);
        for (size_t k = 0; k < sizeof share / sizeof share[0]; k++)
            measure(&bench, isa[i], share[k]);
    }
    sq_network_free(bench.network);
    sq_arena_free(&bench.arena);
}
END_TEST

/* The network is drawn by functions that check, and these need a runner. */
int main(void)
{
    Suite *suite = suite_create("bench");
    TCase *tests = tcase_create("first layer");
    tcase_set_timeout(tests, 0);
    tcase_add_test(tests, first_layer);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_SILENT);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
