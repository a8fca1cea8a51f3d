#include "test/support/golden_trace.h"

#include "kernels/base/bits.h"
#include "test/support/npz.h"
#include "traces/format/frame.h"
#include "traces/write/trace_writer.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A golden set as it lies in memory. */
struct set {
    struct npz_array *array, *logits;
    size_t n_arrays;
    char config[4096];
    struct sq_trace_population *population;
    struct sq_trace_plan plan;
};

static void read_config(const char *folder, char *text, size_t room)
{
    char path[256];
    snprintf(path, sizeof path, "test/golden/%s/config.json", folder);
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s: cannot be opened", path);
    const size_t n = fread(text, 1, room - 1, file);
    fclose(file);
    text[n] = '\0';
    for (size_t i = 0; i < n; i++)
        text[i] = text[i] == '\n' ? ' ' : text[i];
}

/* [T,B,C,H,W], [T,B,C,N], or in the cifar10 layout [T,B,N,C]. */
static struct sq_trace_population describe(const struct npz_array *array, int is_cifar)
{
    struct sq_trace_population population = {.kind = SQ_TRACE_LIF, .threshold = 1};
    const uint64_t *dim = array->header.dim + 2;
    population.n_dims = (uint32_t)array->header.n_dims - 2;
    population.channels_first = population.n_dims == 3 || !is_cifar;
    snprintf(population.name, sizeof population.name, "%s", array->name);
    memcpy(population.dim, dim, population.n_dims * sizeof *dim);
    const uint64_t n_rest = population.n_dims == 3 ? dim[1] * dim[2] : dim[1];
    population.n_rows = (uint32_t)(population.channels_first ? n_rest : dim[0]);
    population.n_channels = (uint32_t)(population.channels_first ? dim[0] : n_rest);
    return population;
}

static void load(struct set *set, const char *folder, const struct golden_request *request)
{
    static struct sq_trace_meta meta[] = {{"arith", "f32"}, {"config", NULL}};
    char path[256];
    read_config(folder, set->config, sizeof set->config);
    snprintf(path, sizeof path, "test/golden/%s/spikes.npz", folder);
    set->array = npz_load(path, &set->n_arrays);
    snprintf(path, sizeof path, "test/golden/%s/logits.npy", folder);
    set->logits = npy_load(path);
    set->population = calloc(set->n_arrays, sizeof *set->population);
    const int is_cifar = strstr(set->config, "\"cifar10\"") != NULL;
    for (size_t i = 0; i < set->n_arrays; i++)
        set->population[i] = describe(&set->array[i], is_cifar);
    const uint64_t *dim = set->array[0].header.dim;
    meta[1].value = set->config;
    set->plan = (struct sq_trace_plan){
        .timesteps = request->timesteps > 0 ? request->timesteps : (uint32_t)dim[0],
        .n_samples = request->n_samples > 0 ? request->n_samples : dim[1],
        .detail = request->detail,
        .n_populations = set->n_arrays,
        .n_meta = request->without_config ? 1 : 2,
        .population = set->population,
        .meta = meta};
}

/* One frame, into `out`. */
static void encode(const struct set *set, uint32_t p, uint32_t t, uint64_t sample,
                   struct sq_trace_frame *frame, unsigned char *out)
{
    const struct sq_trace_population *population = &set->population[p];
    const uint64_t rows = population->n_rows, channels = population->n_channels;
    const size_t n_words = sq_words_for(channels);
    const unsigned char *spike =
        set->array[p].data + (t * set->array[p].header.dim[1] + sample) * rows * channels;
    uint64_t *bits = calloc(rows * n_words, sizeof *bits);
    *frame = (struct sq_trace_frame){.population = p, .timestep = t};
    for (uint64_t r = 0; r < rows; r++)
        for (uint64_t c = 0; c < channels; c++)
            if (spike[population->channels_first ? c * rows + r : r * channels + c]) {
                sq_bit_set(bits + r * n_words, c);
                frame->spikes++;
            }
    if (set->plan.detail == SQ_TRACE_SPIKES) {
        const struct sq_frame_shape shape = {population->n_rows, population->n_channels};
        frame->size = sq_frame_encode(&shape, bits, frame->spikes, &frame->encoding, out);
        frame->data = out;
    }
    free(bits);
}

static struct sq_trace_sample describe_sample(const struct set *set, uint64_t id, int has_label)
{
    const size_t classes = set->logits->header.dim[1];
    const float *logits = (const float *)(const void *)set->logits->data + id * classes;
    size_t best = 0;
    for (size_t i = 1; i < classes; i++)
        best = logits[i] > logits[best] ? i : best;
    return (struct sq_trace_sample){.id = id,
                                    .label = has_label ? (int64_t)((best + id % 2) % classes) : -1,
                                    .prediction = (int64_t)best,
                                    .logits = logits,
                                    .n_logits = classes};
}

static void put(struct sq_trace_writer *writer, const struct set *set, uint64_t id, int has_label)
{
    const size_t n = set->n_arrays * set->plan.timesteps;
    struct sq_trace_frame *frame = calloc(n, sizeof *frame);
    unsigned char **out = calloc(n, sizeof *out);
    struct sq_error err = {0};
    for (size_t i = 0; i < n; i++) {
        const uint32_t p = (uint32_t)(i / set->plan.timesteps);
        out[i] = malloc(sq_trace_neurons(&set->population[p]) / 8 + 1);
        encode(set, p, (uint32_t)(i % set->plan.timesteps), id, &frame[i], out[i]);
    }
    const struct sq_trace_sample sample = describe_sample(set, id, has_label);
    ck_assert_msg(sq_trace_put(&err, writer, &sample, frame, n) == SQ_OK, "%s", err.text);
    for (size_t i = 0; i < n; i++)
        free(out[i]);
    free(out);
    free(frame);
}

void golden_trace(const char *folder, const char *path, const struct golden_request *request)
{
    static const struct golden_request plain;
    struct set set = {0};
    struct sq_error err = {0};
    struct sq_trace_writer *writer;
    request = request != NULL ? request : &plain;
    load(&set, folder, request);
    ck_assert_msg(sq_trace_create(&err, path, &set.plan, 1, &writer) == SQ_OK, "%s", err.text);
    for (uint64_t id = 0; id < set.plan.n_samples; id++)
        put(writer, &set, id, !request->without_labels);
    ck_assert_msg(sq_trace_finish(&err, writer) == SQ_OK, "%s", err.text);
    sq_trace_writer_free(writer);
    npz_free(set.array, set.n_arrays);
    npz_free(set.logits, 1);
    free(set.population);
}
