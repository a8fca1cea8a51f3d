/* What counting costs: the same run with every counter and with none, one after the other.
 *
 * A counted run is what spikeq_run() does: the tallies of every firing, the record of each sample.
 * In an uncounted one no counter is filled that the run itself does without, and no record is made;
 * the logits must come out the same. Time is the processor time of the whole process, all threads,
 * user and system, without opening the input. Every pair gives one ratio, who goes first
 * alternates. The fastest runs of both are compared too: on a shared machine they are the least
 * disturbed. Never passes or fails.
 *
 *   bench_counting [MODEL.safetensors [CONFIG [INPUT [SAMPLES [PAIRS [ISA [pairs]]]]]]], one thread
 *
 * With "pairs" it prints, for test/bench/growth.py, a line a pair instead: seconds with and without. */
#include "sim/engine/run.h"
#include "sim/report/record.h"
#include "test/bench/measure.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_PAIRS = 1000 };

struct bench {
    const char *model, *config, *input, *isa;
    uint64_t n_samples;
    struct sq_network *network;
    struct sq_error err;
};

/* What the runs of a pair leave behind. */
struct trial {
    struct sq_record *record; /* NULL: uncounted */
    double logit_sum;
    double seconds;
};

static void require(const struct bench *bench, int status)
{
    if (status == SQ_OK)
        return;
    fprintf(stderr, "bench_counting: %s\n", bench->err.text);
    exit(EXIT_FAILURE);
}

static int finished(struct sq_error *err, void *data, const struct sq_outcome *outcome)
{
    struct trial *trial = data;
    trial->logit_sum += (double)outcome->logits[outcome->sample % 2];
    return trial->record != NULL ? sq_record_add(err, trial->record, outcome) : SQ_OK;
}

static struct sq_input *open_input(struct bench *bench)
{
    const struct sq_config *config = &bench->network->config;
    const struct sq_input_want want = {.timesteps = config->timesteps,
                                       .channels = config->in_channels,
                                       .height = config->image_height,
                                       .width = config->image_width,
                                       .frames = sq_config_takes_frames(config),
                                       .config = config};
    struct sq_input *input;
    require(bench, sq_input_open(&bench->err, bench->input, NULL, &want, bench->n_samples, &input));
    return input;
}

static struct trial measure(struct bench *bench, int is_counted)
{
    struct trial trial = {0};
    struct sq_input *input = open_input(bench);
    struct sq_run_options options = {.threads = 1,
                                     .schedule = SQ_SCHEDULE_LAYER,
                                     .isa = bench->isa,
                                     .finished = finished,
                                     .data = &trial,
                                     .uncounted = !is_counted};
    options.batch = sq_run_default_batch(bench->network, 1, options.schedule, 0);
    const double start = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
    struct sq_totals totals = {
        .tally = calloc(bench->network->n_nodes * bench->network->config.timesteps,
                        sizeof *totals.tally)};
    if (totals.tally == NULL)
        exit(EXIT_FAILURE);
    if (is_counted)
        require(bench, sq_record_new(&bench->err, bench->network, &trial.record));
    const struct sq_feed feed = sq_feed_of_input(input);
    require(bench, sq_run(&bench->err, bench->network, &feed, &options, &totals));
    sq_record_free(trial.record);
    free(totals.tally);
    trial.seconds = clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
    sq_input_free(input);
    return trial;
}

/* Median of the pairs' ratios, their range and that of the middle half of them. */
static void print_ratio(double *ratio, size_t n)
{
    qsort(ratio, n, sizeof *ratio, by_value);
    printf("counting adds %.2f %% (range %+.2f .. %+.2f, middle half %+.2f .. %+.2f)\n",
           100 * (ratio[n / 2] - 1), 100 * (ratio[0] - 1), 100 * (ratio[n - 1] - 1),
           100 * (ratio[n / 4] - 1), 100 * (ratio[n - 1 - n / 4] - 1));
}

static void bench_pairs(struct bench *bench, size_t n_pairs, int prints_pairs)
{
    double ratio[MAX_PAIRS], seconds[2][MAX_PAIRS];
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
        seconds[0][i] = trial[0].seconds;
        seconds[1][i] = trial[1].seconds;
        if (prints_pairs)
            printf("%.6f %.6f\n", trial[1].seconds, trial[0].seconds);
    }
    if (prints_pairs)
        return;
    for (size_t k = 0; k < 2; k++)
        qsort(seconds[k], n_pairs, sizeof seconds[k][0], by_value);
    printf("%s, 1 thread, isa %s, %zu pairs of runs of %llu samples\n", bench->model, bench->isa,
           n_pairs, (unsigned long long)bench->n_samples);
    printf("uncounted: %.3f ms of processor time a sample (median)\n",
           1e3 * seconds[0][n_pairs / 2] / (double)bench->n_samples);
    print_ratio(ratio, n_pairs);
    printf("fastest counted run against fastest uncounted: %+.2f %%\n",
           100 * (seconds[1][0] / seconds[0][0] - 1));
}

int main(int argc, char **argv)
{
    struct bench bench = {
        .model = argc > 1 ? argv[1] : "configs/models/weights/fashion-2-64.safetensors",
        .config = argc > 2 ? argv[2] : "fashion-2-64",
        .input = argc > 3 ? argv[3] : "/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz",
        .n_samples = argc > 4 ? strtoull(argv[4], NULL, 10) : 200,
        .isa = argc > 6 ? argv[6] : "auto"};
    const size_t n_pairs = argc > 5 ? strtoull(argv[5], NULL, 10) : 101;
    if (bench.n_samples == 0 || n_pairs == 0 || n_pairs > MAX_PAIRS)
        return EXIT_FAILURE;
    require(&bench, sq_network_load(&bench.err, "configs", bench.model, bench.config, NULL, 0,
                                    &bench.network));
    bench_pairs(&bench, n_pairs, argc > 7);
    sq_network_free(bench.network);
    return EXIT_SUCCESS;
}
