/* Time falls with the firing rate: the demonstration network at 5, 10, 20 and 40 % mean rate.
 *
 * Same network, same weights, same images; a shift added to every batch norm's bias sets the rate
 * and is found by bisection. The time is the median of five runs. Prints a table, judges nothing.
 *   bench_rates [MODEL.safetensors [CONFIG [INPUT]]], one thread, 200 samples */
#include "sim/spikeq.h"

#include "sim/json/json.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { N_SAMPLES = 200, N_PROBE = 20, N_RUNS = 5, N_BISECTIONS = 16 };

struct bench {
    spikeq_ctx *ctx;
    const char *model, *config, *input;
    char shifted[64]; /* copy of the model with shifted biases */
};

struct outcome {
    double rate, seconds, share; /* mean over neurons and timesteps; of the run; additions/dense */
};

static void fail(const struct bench *bench)
{
    fprintf(stderr, "bench_rates: %s\n", spikeq_error_text(bench->ctx));
    exit(EXIT_FAILURE);
}

static double mean_rate(const spikeq_report *report, size_t n_populations)
{
    double spikes = 0, neurons = 0;
    for (size_t i = 0; i < n_populations; i++) {
        struct spikeq_population population;
        spikeq_report_population(report, i, &population);
        spikes += population.rate * (double)population.neurons;
        neurons += (double)population.neurons;
    }
    return spikes / neurons;
}

/* The whole file in memory; *size bytes. */
static unsigned char *load(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    *size = (size_t)ftell(file);
    rewind(file);
    unsigned char *bytes = malloc(*size);
    if (bytes == NULL || fread(bytes, 1, *size, file) != *size)
        exit(EXIT_FAILURE);
    fclose(file);
    return bytes;
}

/* Add `shift` to every element of the float32 tensor that `entry` of the header describes. */
static void shift_tensor(unsigned char *data, const cJSON *entry, float shift)
{
    const cJSON *range = cJSON_GetObjectItem(entry, "data_offsets");
    const size_t from = (size_t)cJSON_GetArrayItem(range, 0)->valuedouble;
    const size_t to = (size_t)cJSON_GetArrayItem(range, 1)->valuedouble;
    for (size_t at = from; at < to; at += sizeof(float)) {
        float value;
        memcpy(&value, data + at, sizeof value);
        value += shift;
        memcpy(data + at, &value, sizeof value);
    }
}

/* Copy the model with `shift` added to the bias of every batch norm. */
static void write_shifted(const struct bench *bench, float shift)
{
    size_t size;
    uint64_t header_size;
    unsigned char *bytes = load(bench->model, &size);
    memcpy(&header_size, bytes, sizeof header_size);
    cJSON *header = cJSON_ParseWithLength((char *)bytes + 8, header_size);
    for (const cJSON *entry = header->child; entry != NULL; entry = entry->next)
        if (strstr(entry->string, "_bn") != NULL && strstr(entry->string, ".bias") != NULL)
            shift_tensor(bytes + 8 + header_size, entry, shift);
    FILE *file = fopen(bench->shifted, "wb");
    if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) {
        perror(bench->shifted);
        exit(EXIT_FAILURE);
    }
    cJSON_Delete(header);
    free(bytes);
}

static struct outcome run(const struct bench *bench, uint64_t n_samples)
{
    spikeq_network *network;
    spikeq_report *report;
    struct spikeq_summary summary;
    if (spikeq_network_load(bench->ctx, bench->shifted, bench->config, NULL, 0, &network))
        fail(bench);
    const struct spikeq_run_options options = {
        .input = bench->input, .limit = n_samples, .threads = 1};
    if (spikeq_run(bench->ctx, network, &options, &report))
        fail(bench);
    spikeq_report_summary(report, &summary);
    const struct outcome outcome = {mean_rate(report, summary.n_populations), summary.seconds,
                                    (double)summary.additions / (double)summary.dense_additions};
    spikeq_report_free(report);
    spikeq_network_free(network);
    return outcome;
}

/* Leave the model shifted so that its mean rate is `wanted`: rates rise with the shift. */
static float find_shift(const struct bench *bench, double wanted)
{
    float low = -4, high = 4;
    for (int i = 0; i < N_BISECTIONS; i++) {
        const float middle = (low + high) / 2;
        write_shifted(bench, middle);
        if (run(bench, N_PROBE).rate < wanted)
            low = middle;
        else
            high = middle;
    }
    write_shifted(bench, high);
    return high;
}

static int by_seconds(const void *a, const void *b)
{
    const double x = ((const struct outcome *)a)->seconds, y = ((const struct outcome *)b)->seconds;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    setenv("SPIKEQ_CONFIGS", "configs", 0);
    static const double wanted[] = {0.05, 0.10, 0.20, 0.40};
    struct bench bench = {
        .model = argc > 1 ? argv[1] : "configs/models/weights/fashion-2-64.safetensors",
        .config = argc > 2 ? argv[2] : "fashion-2-64",
        .input = argc > 3 ? argv[3] : "/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz",
        .shifted = "/tmp/bench_rates.XXXXXX"};
    const int made = mkstemp(bench.shifted);
    if (made < 0) {
        perror(bench.shifted);
        return EXIT_FAILURE;
    }
    close(made);
    double at_first = 0;
    if (spikeq_ctx_new(&bench.ctx))
        return EXIT_FAILURE;
    printf("%s, 1 thread, %d samples, median of %d runs\n", bench.model, N_SAMPLES, N_RUNS);
    printf("%-9s %-11s %-20s %-12s %s\n", "rate, %", "bias shift", "additions/dense, %",
           "ms/sample", "time / time at 5 %");
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        const float shift = find_shift(&bench, wanted[i]);
        struct outcome outcome[N_RUNS];
        for (int r = 0; r < N_RUNS; r++)
            outcome[r] = run(&bench, N_SAMPLES);
        qsort(outcome, N_RUNS, sizeof outcome[0], by_seconds);
        const struct outcome median = outcome[N_RUNS / 2];
        at_first = i == 0 ? median.seconds : at_first;
        printf("%-9.2f %-11.4f %-20.2f %-12.3f %.2f\n", 100 * median.rate, (double)shift,
               100 * median.share, 1e3 * median.seconds / N_SAMPLES, median.seconds / at_first);
    }
    unlink(bench.shifted);
    spikeq_ctx_free(bench.ctx);
    return EXIT_SUCCESS;
}
