/* What counting costs: the same run with every counter and with none, one after the other.
 *
 * A counted run is what spikeq_run() does: the tallies of every firing, the record of each sample.
 * In an uncounted one no counter is filled that the run itself does without, and no record is made;
 * the logits must come out the same. Time is the processor time of the whole process (user and
 * system, all threads), reading and unpacking the images included. Every pair gives one ratio, who
 * goes first alternates; printed are the median of the ratios and their range. Never passes or
 * fails. bench_counting [MODEL.safetensors [CONFIG [INPUT [SAMPLES [PAIRS]]]]], one thread */
#include "sim/engine/run.h"
#include "sim/report/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { MAX_PAIRS = 1000 };

struct bench {
    const char *model, *config, *input;
    uint64_t n_samples;
    struct sq_network *network;
    struct sq_error err;
};

/* What the runs of a pair leave behind. */
struct trial {
    struct sq_record *record; /* NULL: uncounted */
    double logit_sum;
    double seconds, user_seconds;
};

static void require(const struct bench *bench, int status)
{
    if (status == SQ_OK)
        return;
    fprintf(stderr, "bench_counting: %s\n", bench->err.text);
    exit(EXIT_FAILURE);
}

static double process_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double user_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_utime.tv_sec + 1e-6 * (double)usage.ru_utime.tv_usec;
}

static int finished(struct sq_error *err, void *data, const struct sq_outcome *outcome)
{
    struct trial *trial = data;
    trial->logit_sum += (double)outcome->logits[outcome->sample % 2];
    return trial->record != NULL ? sq_record_add(err, trial->record, outcome) : SQ_OK;
}

static void run(struct bench *bench, struct trial *trial, const struct sq_totals *zero)
{
    const struct sq_config *config = &bench->network->config;
    const struct sq_input_want want = {.timesteps = config->timesteps,
                                       .channels = config->in_channels,
                                       .height = config->image_height,
                                       .width = config->image_width,
                                       .frames = config->layout == SQ_LAYOUT_CIFAR10DVS,
                                       .config = config};
    struct sq_run_options options = {.threads = 1,
                                     .schedule = SQ_SCHEDULE_LAYER,
                                     .isa = "auto",
                                     .finished = finished,
                                     .data = trial};
    struct sq_totals totals = *zero;
    struct sq_input *input;
    options.batch = sq_run_default_batch(bench->network, 1, options.schedule);
    options.uncounted = trial->record == NULL;
    require(bench, sq_input_open(&bench->err, bench->input, NULL, &want, bench->n_samples, &input));
    require(bench, sq_run(&bench->err, bench->network, input, &options, &totals));
    sq_input_free(input);
}

static struct trial measure(struct bench *bench, int is_counted)
{
    const size_t n_tallies = bench->network->n_nodes * bench->network->config.timesteps;
    struct trial trial = {0};
    const struct sq_totals zero = {.tally = calloc(n_tallies, sizeof *zero.tally)};
    if (zero.tally == NULL)
        exit(EXIT_FAILURE);
    const double start = process_seconds(), user = user_seconds();
    if (is_counted)
        require(bench, sq_record_new(&bench->err, bench->network, &trial.record));
    run(bench, &trial, &zero);
    sq_record_free(trial.record);
    trial.seconds = process_seconds() - start;
    trial.user_seconds = user_seconds() - user;
    free(zero.tally);
    return trial;
}

static int by_value(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

static void print_ratios(const char *what, double *ratio, size_t n)
{
    qsort(ratio, n, sizeof *ratio, by_value);
    printf("%-20s %+.2f %%  (%+.2f .. %+.2f, middle half %+.2f .. %+.2f)\n", what,
           100 * (ratio[n / 2] - 1), 100 * (ratio[0] - 1), 100 * (ratio[n - 1] - 1),
           100 * (ratio[n / 4] - 1), 100 * (ratio[n - 1 - n / 4] - 1));
}

static void bench_pairs(struct bench *bench, size_t n_pairs)
{
    double ratio[MAX_PAIRS], user_ratio[MAX_PAIRS], seconds[MAX_PAIRS];
    measure(bench, 1); /* fills caches, is not counted */
    for (size_t i = 0; i < n_pairs; i++) {
        struct trial trial[2];
        for (size_t k = 0; k < 2; k++)
            trial[(i + k) % 2] = measure(bench, (i + k) % 2 != 0);
        if (trial[0].logit_sum != trial[1].logit_sum) {
            fprintf(stderr, "bench_counting: counting changed the logits\n");
            exit(EXIT_FAILURE);
        }
        ratio[i] = trial[1].seconds / trial[0].seconds;
        user_ratio[i] = trial[1].user_seconds / trial[0].user_seconds;
        seconds[i] = trial[0].seconds;
    }
    qsort(seconds, n_pairs, sizeof *seconds, by_value);
    printf("%s, %llu samples, 1 thread, %zu pairs\n", bench->model,
           (unsigned long long)bench->n_samples, n_pairs);
    printf("uncounted: %.3f ms of processor time a sample (median)\n",
           1e3 * seconds[n_pairs / 2] / (double)bench->n_samples);
    printf("what counting adds: median (range)\n");
    print_ratios("  processor time", ratio, n_pairs);
    print_ratios("  of it user time", user_ratio, n_pairs);
}

int main(int argc, char **argv)
{
    struct bench bench = {
        .model = argc > 1 ? argv[1] : "configs/models/weights/fashion-2-64.safetensors",
        .config = argc > 2 ? argv[2] : "fashion-2-64",
        .input = argc > 3 ? argv[3] : "/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz",
        .n_samples = argc > 4 ? strtoull(argv[4], NULL, 10) : 1000};
    const size_t n_pairs = argc > 5 ? strtoull(argv[5], NULL, 10) : 11;
    if (bench.n_samples == 0 || n_pairs == 0 || n_pairs > MAX_PAIRS)
        return EXIT_FAILURE;
    require(&bench, sq_network_load(&bench.err, SQ_CONFIG_DIRS, bench.model, bench.config, NULL, 0,
                                    &bench.network));
    bench_pairs(&bench, n_pairs);
    sq_network_free(bench.network);
    return EXIT_SUCCESS;
}
