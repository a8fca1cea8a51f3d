#include "kernels/base/plural.h"
#include "sim/inspect/inspect.h"

#include "sim/inspect/trace_findings.h"
#include "sim/json/json.h"
#include "sim/json/page.h"
#include "sim/record/trace_warnings.h"
#include "traces/format/codec.h"
#include "traces/format/description.h"
#include "traces/format/schema.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

uint64_t sq_trace_spikes(const struct sq_trace_findings *found, size_t p, int64_t t, double *rate)
{
    const uint32_t timesteps = found->plan->timesteps;
    const uint64_t *spikes = found->spikes + p * timesteps;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < timesteps; i++)
        sum += t < 0 || t == i ? spikes[i] : 0;
    const double whole = (double)sq_trace_neurons(&found->plan->population[p]) *
                         (double)(t < 0 ? timesteps : 1) * (double)found->n_samples;
    *rate = whole > 0 ? (double)sum / whole : 0;
    return sum;
}

enum { MOST_TIMESTEPS = 10 }; /* in a line; --json has all */

static int count_samples(struct sq_error *err, struct sq_trace_findings *found)
{
    struct sq_trace_sample sample;
    int status = sq_trace_seek(err, found->trace, 0);
    while (status == SQ_OK && (status = sq_trace_next(err, found->trace, &sample)) == 1) {
        found->n_samples++;
        found->n_labelled += sample.label >= 0 && sample.prediction >= 0;
        found->n_correct += sample.label >= 0 && sample.label == sample.prediction;
        status = SQ_OK;
    }
    return status;
}

static int look(struct sq_error *err, struct sq_trace_findings *found)
{
    struct stat info;
    found->plan = sq_trace_plan_of(found->trace);
    found->spikes =
        calloc(found->plan->n_populations * found->plan->timesteps + 1, sizeof(uint64_t));
    if (found->spikes == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", found->path);
    if (stat(found->path, &info) == 0)
        found->size_bytes = (uint64_t)info.st_size;
    const int status = count_samples(err, found);
    return status == SQ_OK ? sq_trace_totals(err, found->trace, found->spikes) : status;
}

/* Keys that the writer of traces sets have lines of their own. */
static int is_own_key(const char *key)
{
    static const char *const own[] = {"codec",  "complete", "description",
                                      "detail", "samples",  "timesteps"};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (strcmp(key, own[i]) == 0)
            return 1;
    return 0;
}

static void print_head(FILE *to, const struct sq_trace_findings *found)
{
    const struct sq_trace_plan *plan = found->plan;
    fprintf(to, "%s: spikeq trace, version %" PRIu32 ", ", found->path, plan->version);
    if (sq_trace_is_complete(found->trace))
        fprintf(to, "complete: %" PRIu64 " sample%s\n", found->n_samples, sq_s(found->n_samples));
    else if (plan->n_samples == SQ_TRACE_SAMPLES_UNKNOWN)
        fprintf(to, "incomplete: %" PRIu64 " sample%s of a stream\n", found->n_samples,
                sq_s(found->n_samples));
    else
        fprintf(to,
                "incomplete: %" PRIu64 " of %" PRIu64 " sample%s; complete it with " SQ_FLAG
                "resume\n",
                found->n_samples, plan->n_samples, sq_s(plan->n_samples));
    fprintf(to, "%" PRIu32 " timestep%s, %zu population%s, %zu synapse%s, detail %s, codec %s\n",
            plan->timesteps, sq_s(plan->timesteps), plan->n_populations, sq_s(plan->n_populations),
            plan->n_synapses, sq_s(plan->n_synapses), sq_trace_detail_name(plan->detail),
            sq_codec_name(plan->codec));
    fprintf(to, "%" PRIu64 " bytes", found->size_bytes);
    if (found->n_samples > 0)
        fprintf(to, ", %" PRIu64 " per sample", found->size_bytes / found->n_samples);
    fprintf(to, "\n");
    if (found->n_labelled > 0)
        fprintf(to, "accuracy %.4f (%" PRIu64 " of %" PRIu64 ")\n",
                (double)found->n_correct / (double)found->n_labelled, found->n_correct,
                found->n_labelled);
}

/* The configuration as one word, its name; any other value unchanged. */
static void print_meta(struct sq_page *page, const struct sq_trace_meta *meta)
{
    FILE *to = page->stream;
    int no_memory = 0;
    cJSON *config = strcmp(meta->key, "config") == 0
                        ? sq_json_parse(meta->value, strlen(meta->value), NULL, &no_memory)
                        : NULL;
    if (no_memory)
        sq_text_fail(&page->text);
    const char *name = cJSON_GetStringValue(cJSON_GetObjectItem(config, "name"));
    fprintf(to, "%-20s ", meta->key);
    for (const char *at = name != NULL ? name : meta->value; *at != '\0'; at++)
        fputc((unsigned char)*at < ' ' || *at == 127 ? '?' : *at, to);
    fputc('\n', to);
    cJSON_Delete(config);
}

static void print_populations(FILE *to, const struct sq_trace_findings *found)
{
    fprintf(to, "\n%-24s %-8s %-16s %9s %14s %8s  per timestep, %%\n", "population", "kind",
            "shape", "neurons", "spikes", "rate, %");
    for (size_t p = 0; p < found->plan->n_populations; p++) {
        const struct sq_trace_population *population = &found->plan->population[p];
        char shape[SQ_SHAPE_TEXT];
        double rate;
        const uint64_t spikes = sq_trace_spikes(found, p, -1, &rate);
        sq_shape_text(population, shape);
        fprintf(to, "%-24s %-8s %-16s %9" PRIu64 " %14" PRIu64 " %8.3f ", population->name,
                sq_trace_kind_name(population->kind), shape, sq_trace_neurons(population), spikes,
                100 * rate);
        for (uint32_t t = 0; t < found->plan->timesteps && t < MOST_TIMESTEPS; t++) {
            sq_trace_spikes(found, p, t, &rate);
            fprintf(to, " %7.3f", 100 * rate);
        }
        fprintf(to, found->plan->timesteps > MOST_TIMESTEPS ? " ...\n" : "\n");
    }
}

static void print_trace(struct sq_page *page, const struct sq_trace_findings *found)
{
    print_head(page->stream, found);
    for (size_t i = 0; i < found->plan->n_meta; i++)
        if (!is_own_key(found->plan->meta[i].key))
            print_meta(page, &found->plan->meta[i]);
    fprintf(page->stream, "%-20s spikeq energy %s; spikeq analyze %s\n", "next", found->path,
            found->path);
    print_populations(page->stream, found);
}

static int describe(struct sq_error *err, const struct sq_trace_findings *found, int as_json,
                    char **text)
{
    struct sq_page page;
    if (as_json)
        return sq_page_json(err, sq_trace_json(found), text);
    const int status = sq_page_open(err, &page);
    if (status != SQ_OK)
        return status;
    print_trace(&page, found);
    return sq_page_close(err, &page, text);
}

int sq_inspect_trace(struct sq_error *err, const char *path, int as_json, char **text)
{
    struct sq_trace_findings found = {.path = path};
    int status = sq_trace_open(err, path, &found.trace);
    if (status == SQ_OK)
        status = sq_warnings_of_trace(err, found.trace, NULL);
    if (status == SQ_OK)
        status = look(err, &found);
    if (status == SQ_OK)
        status = describe(err, &found, as_json, text);
    free(found.spikes);
    sq_trace_close(found.trace);
    return status;
}
