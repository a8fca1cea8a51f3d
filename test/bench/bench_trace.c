/* What a trace costs: recording by every codec against the same run without, alternating; the size
 * of the file at 50 % and 10 % firing rate; pricing a trace of 10,000 samples; replay from the last
 * block against the whole network. Median of ratios of one run; prints, judges nothing.
 *
 *   bench_trace [PAIRS [DEMO_SAMPLES [LARGE_SAMPLES]]]
 *
 * The demonstration network on its images, and a 4-384 network with drawn weights at some 10 %.
 * One compute thread, of the demonstration also two; the writer has its own. "cpu" is of the whole process, so that what the
 * writer does beside the run is counted. Files lie in $TMPDIR or /tmp. */
#include "sim/api/calls.h"
#include "test/bench/measure.h"
#include "test/support/tiny_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_PAIRS = 99, N_BISECTIONS = 9, N_PRICED = 10000 };

static size_t n_pairs = 7, n_demo = 2000, n_large = 32;

struct bench {
    spikeq_ctx *ctx;
    const char *name;
    char model[128], config[128], input[128];
    uint64_t n_samples;
    char trace[128];
    unsigned threads;
};

struct seconds {
    double wall, cpu;
};

struct way {
    const char *name, *detail, *codec;
};

static const struct way way[] = {{"none", "spikes", "none"},
                                 {"zlib", "spikes", "zlib"},
                                 {"zstd", "spikes", "zstd"},
                                 {"counts", "counts", "none"}};

static void require(const struct bench *bench, int status)
{
    if (status == SPIKEQ_OK)
        return;
    fprintf(stderr, "bench_trace: %s\n", spikeq_error_text(bench->ctx));
    exit(EXIT_FAILURE);
}

static struct seconds now(void)
{
    return (struct seconds){clock_seconds(CLOCK_MONOTONIC),
                            clock_seconds(CLOCK_PROCESS_CPUTIME_ID)};
}

static struct seconds since(struct seconds start)
{
    const struct seconds end = now();
    return (struct seconds){end.wall - start.wall, end.cpu - start.cpu};
}

/* Neurons, and the mean rate over them. */
struct activity {
    double neurons, rate;
};

static struct activity activity_of(const spikeq_report *report)
{
    struct spikeq_summary summary = {.size = sizeof summary};
    struct activity activity = {0, 0};
    spikeq_report_summary(report, &summary);
    for (size_t i = 0; i < summary.n_populations; i++) {
        struct spikeq_population population = {.size = sizeof population};
        spikeq_report_population(report, i, &population);
        activity.rate += population.rate * (double)population.neurons;
        activity.neurons += (double)population.neurons;
    }
    activity.rate /= activity.neurons;
    return activity;
}

/* Run, recording in this way or (NULL) not at all. */
static struct seconds run(const struct bench *bench, const struct way *how, uint64_t n_samples,
                          struct activity *activity)
{
    spikeq_network *network;
    spikeq_report *report;
    struct sq_run_choices options = {
        .input = bench->input, .limit = n_samples, .threads = bench->threads};
    if (how != NULL)
        options.trace = (struct sq_trace_choices){
            .path = bench->trace, .detail = how->detail, .codec = how->codec, .force = 1};
    require(bench, spikeq_network_load(bench->ctx, bench->model, bench->config, NULL, 0, &network));
    const struct seconds start = now();
    require(bench, sq_api_run(bench->ctx, network, &options, &report));
    const struct seconds taken = since(start);
    if (activity != NULL)
        *activity = activity_of(report);
    spikeq_report_free(report);
    spikeq_network_free(network);
    return taken;
}

/* Wall seconds between the first and the last spike, as the replay itself says: like those of a
 * run, without loading the model. */
static double replay(const struct bench *bench, const char *from)
{
    const char *const names[] = {from};
    const struct sq_replay_choices options = {
        .trace = bench->trace, .model = bench->model, .from = names, .n_from = 1, .threads = 1};
    char *text;
    int is_equal;
    double seconds = 0;
    require(bench, sq_api_replay(bench->ctx, &options, &text, &is_equal));
    const char *line = strstr(text, "samples ");
    if (line == NULL || sscanf(line, "samples %*u in %lf s", &seconds) != 1)
        exit(EXIT_FAILURE);
    spikeq_free(text);
    return seconds;
}

static double bytes_of(const struct bench *bench)
{
    struct stat info;
    return stat(bench->trace, &info) == 0 ? (double)info.st_size : 0;
}

static void bench_recording(const struct bench *bench)
{
    double wall[MAX_PAIRS], cpu[MAX_PAIRS];
    struct activity activity;
    run(bench, NULL, bench->n_samples, &activity); /* fills caches, is not counted */
    printf("\n%s, %llu samples, rate %.2f %%, threads %u, %zu pairs: recording adds, %%\n",
           bench->name, (unsigned long long)bench->n_samples, 100 * activity.rate, bench->threads,
           n_pairs);
    printf("%-8s %8s %8s %14s\n", "", "wall", "cpu", "bytes/sample");
    for (size_t w = 0; w < sizeof way / sizeof way[0]; w++) {
        for (size_t i = 0; i < n_pairs; i++) {
            struct seconds taken[2];
            for (size_t k = 0; k < 2; k++)
                taken[(i + k) % 2] =
                    run(bench, (i + k) % 2 != 0 ? &way[w] : NULL, bench->n_samples, NULL);
            wall[i] = taken[1].wall / taken[0].wall;
            cpu[i] = taken[1].cpu / taken[0].cpu;
        }
        printf("%-8s %8.2f %8.2f %14.0f\n", way[w].name, 100 * (median(wall, n_pairs) - 1),
               100 * (median(cpu, n_pairs) - 1), bytes_of(bench) / (double)bench->n_samples);
    }
}

static void bench_replay(const struct bench *bench, const char *from)
{
    double times[MAX_PAIRS];
    run(bench, &way[0], bench->n_samples, NULL);
    for (size_t i = 0; i < n_pairs; i++) {
        const double whole = run(bench, NULL, bench->n_samples, NULL).wall;
        times[i] = whole / replay(bench, from);
    }
    printf("\n%s: replay from %s is %.2f x faster than the whole network\n", bench->name, from,
           median(times, n_pairs));
}

static void bench_price(const struct bench *bench)
{
    char *text;
    const struct sq_energy_choices options = {.report = bench->trace, .format = "json"};
    run(bench, &way[0], N_PRICED, NULL);
    const double size = bytes_of(bench);
    const struct seconds start = now();
    require(bench, sq_api_energy(bench->ctx, &options, &text));
    const struct seconds taken = since(start);
    spikeq_free(text);
    printf("\n%s: a trace of %d samples (%.0f MB) is priced in %.2f s (cpu %.2f s)\n", bench->name,
           N_PRICED, size / 1e6, taken.wall, taken.cpu);
}

/* A network of drawn weights in `dir`, every batch norm shifted. */
struct drawn {
    const char *dir;
    uint32_t depth, dim, heads, channels, size, samples;
};

static void write_drawn(const struct drawn *drawn, float shift)
{
    struct tiny_network net;
    struct sq_rng rng = {384};
    tiny_draw_sizes(&rng, TINY_CIFAR10, &net);
    net.depth = drawn->depth;
    net.dim = drawn->dim;
    net.heads = drawn->heads;
    net.hidden = 4 * drawn->dim;
    net.timesteps = 4;
    net.channels = drawn->channels;
    net.height = net.width = drawn->size;
    net.classes = 10;
    net.batch = drawn->samples;
    tiny_fill(&rng, &net);
    for (size_t i = 0; i < net.n_layers; i++)
        for (uint32_t o = 0; o < net.layer[i].c_out; o++)
            net.layer[i].beta[o] += shift;
    tiny_write(&net, drawn->dir);
    tiny_free(&net);
}

static struct bench bench_of(const struct bench *like, const struct drawn *drawn, const char *name)
{
    struct bench bench = {
        .ctx = like->ctx, .name = name, .n_samples = drawn->samples, .threads = 1};
    snprintf(bench.model, sizeof bench.model, "%s/model.safetensors", drawn->dir);
    snprintf(bench.config, sizeof bench.config, "%s/config.json", drawn->dir);
    snprintf(bench.input, sizeof bench.input, "%s/input.npy", drawn->dir);
    snprintf(bench.trace, sizeof bench.trace, "%s/trace.db", drawn->dir);
    return bench;
}

/* Leave the network with a shift at which it fires at this rate: rates rise with it. */
static struct activity find_rate(const struct bench *bench, const struct drawn *drawn,
                                 double wanted)
{
    struct activity activity = {0, 0};
    float low = -8, high = 8;
    for (int i = 0; i < N_BISECTIONS; i++) {
        const float middle = (low + high) / 2;
        write_drawn(drawn, middle);
        run(bench, NULL, 2, &activity);
        if (activity.rate < wanted)
            low = middle;
        else
            high = middle;
    }
    return activity;
}

static void bench_size(const struct bench *bench, const struct drawn *drawn)
{
    static const double wanted[] = {0.5, 0.1};
    printf("\n%s, %u samples: size of the file\n", bench->name, drawn->samples);
    printf("%8s %8s %26s %20s\n", "rate, %", "codec", "bytes / 8 neuron timesteps",
           "uint8 .npy / file");
    for (size_t r = 0; r < sizeof wanted / sizeof wanted[0]; r++) {
        find_rate(bench, drawn, wanted[r]);
        for (size_t w = 0; w < 3; w++) {
            struct activity activity;
            run(bench, &way[w], 0, &activity);
            const double elements = activity.neurons * 4 * drawn->samples;
            printf("%8.2f %8s %26.3f %20.2f\n", 100 * activity.rate, way[w].name,
                   8 * bytes_of(bench) / elements, elements / bytes_of(bench));
        }
    }
}

static void remove_files(const struct bench *bench)
{
    unlink(bench->model);
    unlink(bench->config);
    unlink(bench->input);
    unlink(bench->trace);
}

/* The helpers of the tests assert, which can be done in a test only. */
START_TEST(bench_all)
{
    char dir[96];
    const char *parent = getenv("TMPDIR");
    struct bench demo = {.name = "fashion-2-64",
                         .model = "configs/models/weights/fashion-2-64.safetensors",
                         .config = "fashion-2-64",
                         .input = "/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz",
                         .n_samples = n_demo,
                         .threads = 1};
    snprintf(dir, sizeof dir, "%.60s/bench_trace.XXXXXX", parent != NULL ? parent : "/tmp");
    if (mkdtemp(dir) == NULL || spikeq_ctx_new(&demo.ctx) != SPIKEQ_OK)
        exit(EXIT_FAILURE);
    snprintf(demo.trace, sizeof demo.trace, "%.100s/demo.db", dir);
    const struct drawn small = {dir, 2, 64, 4, 1, 32, 200};
    const struct drawn large = {dir, 4, 384, 12, 3, 32, (uint32_t)n_large};
    const struct bench small_bench = bench_of(&demo, &small, "2-64, drawn weights");
    const struct bench large_bench = bench_of(&demo, &large, "4-384, drawn weights");
    bench_recording(&demo);
    demo.threads = 2;
    bench_recording(&demo);
    demo.threads = 1;
    bench_replay(&demo, "block.1");
    bench_price(&demo);
    unlink(demo.trace);
    bench_size(&small_bench, &small);
    bench_size(&large_bench, &large); /* and leaves it at 10 % */
    bench_recording(&large_bench);
    bench_replay(&large_bench, "block.3");
    remove_files(&large_bench);
    rmdir(dir);
    spikeq_ctx_free(demo.ctx);
}
END_TEST

int main(int argc, char **argv)
{
    setenv("SPIKEQ_CONFIGS", "configs", 0);
    Suite *suite = suite_create("bench");
    TCase *tests = tcase_create("trace");
    n_pairs = argc > 1 ? strtoull(argv[1], NULL, 10) : n_pairs;
    n_demo = argc > 2 ? strtoull(argv[2], NULL, 10) : n_demo;
    n_large = argc > 3 ? strtoull(argv[3], NULL, 10) : n_large;
    if (n_pairs == 0 || n_pairs > MAX_PAIRS || n_demo == 0 || n_large == 0)
        return EXIT_FAILURE;
    setvbuf(stdout, NULL, _IOLBF, 0); /* it takes minutes */
    tcase_add_test(tests, bench_all);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_MINIMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
