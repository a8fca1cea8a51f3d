/* One network, loaded once, run on demand: spikeq's side of the benchmark of whole networks
 * (test/bench/networks.py). A line of JSON says that it is ready; each line
 *
 *   run SAMPLES THREADS BATCH ISA [TRACE]
 *
 * on standard input is one spikeq_run() and gives one line of JSON: wall and processor seconds of
 * the whole call (opening the input, set-up and report included), what ran, the peak memory of the
 * process so far, and the limit of additions a second of one core (kernels/limit), taken right behind the
 * run. BATCH 0: the default. The file TRACE is replaced.
 *
 *   bench_network MODEL CONFIG INPUT f32|BITS [KEY=VALUE...]     BITS: fixed point, of a weight */
#include "kernels/base/cpu.h"
#include "kernels/dispatch/dispatch.h"
#include "sim/api/calls.h"
#include "test/bench/measure.h"
#include "test/support/network_arith.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static spikeq_ctx *ctx;

static void require(int status)
{
    if (status == SPIKEQ_OK)
        return;
    fprintf(stderr, "bench_network: %s\n", spikeq_error_text(ctx));
    exit(EXIT_FAILURE);
}

/* The largest resident set so far, KiB; 0 where the system does not say. */
static long peak_kib(void)
{
    char line[128];
    long kib = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "VmHWM: %ld", &kib) == 1)
            break;
    if (file != NULL)
        fclose(file);
    return kib;
}

/* Mean over all neurons and timesteps. */
static double mean_rate(const spikeq_report *report, size_t n_populations)
{
    double spikes = 0, neurons = 0;
    for (size_t i = 0; i < n_populations; i++) {
        struct spikeq_population population = {.size = sizeof population};
        spikeq_report_population(report, i, &population);
        spikes += population.rate * (double)population.neurons;
        neurons += (double)population.neurons;
    }
    return neurons > 0 ? spikes / neurons : 0;
}

/* Additions a second of the instruction set, of floats or of 16-bit integers (in fixed
 * point nearly all are such, in tiles): the best of some
 * samples of a millisecond, as a limit is what nothing disturbs. */
static double limit_of(const char *isa, int is_float)
{
    enum { SAMPLES = 9, PASSES = 10000, BYTES = SQ_LIMIT_ROWS * SQ_LIMIT_BYTES };
    static _Alignas(64) union {
        float f32[BYTES / sizeof(float)];
        uint16_t i16[BYTES / sizeof(uint16_t)];
    } from, sum;
    struct sq_kernels kernels;
    double least = 1;
    sq_kernels_choose(&kernels, (unsigned)sq_cpu_restrict(sq_cpu_detect().features, isa));
    memset(&from, 1, sizeof from); /* pages of their own */
    for (int i = 0; i < SAMPLES; i++) {
        const double start = clock_seconds(CLOCK_THREAD_CPUTIME_ID);
        for (int pass = 0; pass < PASSES; pass++)
            if (is_float)
                kernels.limit_f32(sum.f32, from.f32, SQ_LIMIT_ROWS);
            else
                kernels.limit_i16(sum.i16, from.i16, SQ_LIMIT_ROWS);
        const double taken = clock_seconds(CLOCK_THREAD_CPUTIME_ID) - start;
        least = taken < least ? taken : least;
    }
    return (double)PASSES * BYTES / (is_float ? sizeof(float) : sizeof(int16_t)) / least;
}

static void run_once(const spikeq_network *network, const struct sq_run_choices *options)
{
    spikeq_report *report;
    struct spikeq_summary summary = {.size = sizeof summary};
    const double wall = clock_seconds(CLOCK_MONOTONIC);
    const double cpu = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
    require(sq_api_run(ctx, network, options, &report));
    const double cpu_taken = clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    const double wall_taken = clock_seconds(CLOCK_MONOTONIC) - wall;
    spikeq_report_summary(report, &summary);
    printf(
        "{\"seconds\": %.9f, \"cpu_seconds\": %.9f, \"samples\": %llu, \"additions\": %llu, "
        "\"dense_additions\": %llu, \"macs\": %llu, \"rate\": %.6f, \"threads\": %u, "
        "\"batch\": %u, \"isa\": \"%s\", \"arith\": \"%s\", \"peak_kib\": %ld, \"limit\": %.4g}\n",
        wall_taken, cpu_taken, (unsigned long long)summary.n_samples,
        (unsigned long long)summary.additions, (unsigned long long)summary.dense_additions,
        (unsigned long long)summary.macs, mean_rate(report, summary.n_populations), summary.threads,
        summary.batch, summary.isa, summary.arith, peak_kib(),
        limit_of(summary.isa, strcmp(summary.arith, "f32") == 0));
    fflush(stdout);
    spikeq_report_free(report);
}

/* A command of standard input; 0: it is none. */
static int obey(const char *line, const spikeq_network *network, const char *input)
{
    unsigned long long n;
    char isa[16], trace[512] = "";
    struct sq_run_choices options = {.input = input};
    if (sscanf(line, "run %llu %u %u %15s %511s", &n, &options.threads, &options.batch, isa,
               trace) < 4)
        return 0;
    options.limit = n;
    options.isa = isa;
    if (trace[0] != '\0')
        options.trace = (struct sq_trace_choices){.path = trace, .force = 1};
    run_once(network, &options);
    return 1;
}

int main(int argc, char **argv)
{
    spikeq_network *network;
    char line[1024];
    setenv("SPIKEQ_CONFIGS", "configs", 0);
    if (argc < 5) {
        fprintf(stderr, "usage: bench_network MODEL CONFIG INPUT f32|BITS [KEY=VALUE...]\n");
        return 2;
    }
    if (spikeq_ctx_new(&ctx) != SPIKEQ_OK)
        return EXIT_FAILURE;
    require(spikeq_network_load(ctx, argv[1], argv[2], (const char *const *)argv + 5,
                                (size_t)argc - 5, &network));
    if (strcmp(argv[4], "f32") != 0) {
        const struct sq_fixed_choices fixed = {.arith = "fixed",
                                               .weight_bits = (unsigned)strtoul(argv[4], NULL, 10)};
        require(network_arith(ctx, network, &fixed));
    }
    printf("{\"ready\": true, \"peak_kib\": %ld}\n", peak_kib());
    fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL)
        if (!obey(line, network, argv[3])) {
            fprintf(stderr, "bench_network: unknown command %s", line);
            return 2;
        }
    spikeq_network_free(network);
    spikeq_ctx_free(ctx);
    return EXIT_SUCCESS;
}
