#include "sim/analysis/maps.h"

#include "sim/analysis/measures/measures.h"
#include "sim/analysis/measures/raster.h"
#include "sim/analysis/scope/figure_json.h"
#include "sim/analysis/scope/frames.h"

#include <stdlib.h>
#include <string.h>

/* The channels of a population whose maps are drawn. */
struct chosen {
    uint64_t channel[SQ_MAP_CHANNELS]; /* ascending */
    size_t n;
};

static int by_number(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Those with most spikes, ties by number, in ascending order. Rank by rank, each channel moves up
 * past those with fewer spikes. */
static void choose(struct chosen *chosen, const uint64_t *spikes, size_t n_channels)
{
    chosen->n = 0;
    for (size_t c = 0; c < n_channels; c++) {
        size_t at = chosen->n;
        while (at > 0 && spikes[chosen->channel[at - 1]] < spikes[c])
            at--;
        if (at == SQ_MAP_CHANNELS)
            continue;
        chosen->n += chosen->n < SQ_MAP_CHANNELS;
        for (size_t i = chosen->n - 1; i > at; i--)
            chosen->channel[i] = chosen->channel[i - 1];
        chosen->channel[at] = c;
    }
    qsort(chosen->channel, chosen->n, sizeof chosen->channel[0], by_number);
}

/* out[i][r]: spikes of row r in the channels from first[i] on, `width` of them. */
static void add_rows(uint64_t *out, const uint64_t *neuron, const struct sq_subject *subject,
                     const uint64_t *first, size_t n, size_t width)
{
    for (size_t i = 0; i < n; i++)
        for (size_t r = 0; r < subject->n_rows; r++) {
            uint64_t sum = 0;
            for (size_t c = 0; c < width; c++)
                sum += neuron[r * subject->n_channels + first[i] + c];
            out[i * subject->n_rows + r] = sum;
        }
}

/* The three maps of a set of neurons' spikes; room: [max(channels, heads, 1)][n_rows]. */
static void put_maps(cJSON *to, const uint64_t *neuron, const struct sq_subject *subject,
                     const struct chosen *chosen, uint64_t *room)
{
    const uint64_t zero = 0;
    add_rows(room, neuron, subject, &zero, 1, subject->n_channels);
    sq_put_counts(to, "spikes_per_token", room, subject->n_rows, 1);
    add_rows(room, neuron, subject, chosen->channel, chosen->n, 1);
    sq_put_count_rows(to, "spikes_per_channel", room, chosen->n, subject->n_rows);
    if (subject->n_heads == 0)
        return;
    cJSON *heads = sq_json_add_array(to, "spikes_per_head");
    for (uint64_t h = 0; h < subject->n_heads; h++) {
        const uint64_t first = h * subject->head_dim;
        add_rows(room, neuron, subject, &first, 1, subject->head_dim);
        sq_json_append(heads, sq_counts_item(room, subject->n_rows));
    }
}

/* The sample's number, label and prediction, before its maps. */
static cJSON *begin_sample(cJSON *list, const struct sq_scope_sample *sample)
{
    cJSON *object = cJSON_CreateObject();
    sq_json_append(list, object);
    sq_put_sample(object, sample);
    return object;
}

/* Counters of one sample alone. */
struct alone {
    struct sq_frames frames;
    uint64_t *count, *room;
    void *scratch;
    struct chosen *chosen; /* [n_populations] */
};

static void count_alone(struct alone *alone, const struct sq_measure *measure,
                        const struct sq_subject *subject, struct sq_frame_view *view)
{
    const struct sq_scope *scope = alone->frames.scope;
    uint64_t each[SQ_EACH];
    view->each = each;
    memset(alone->count, 0, measure->n_counts(scope, subject) * sizeof *alone->count);
    measure->add(alone->count, scope, subject, view, alone->scratch);
}

static void put_sample(struct alone *alone, struct sq_frame_view *view, cJSON *populations,
                       cJSON *attention)
{
    const struct sq_scope *scope = alone->frames.scope;
    cJSON *population = populations->child, *block = attention != NULL ? attention->child : NULL;
    for (uint32_t i = 0; i < scope->n_subjects; i++) {
        const struct sq_subject *subject = &scope->subject[i];
        if (subject->kind == SQ_SUBJECT_POPULATION) {
            cJSON *maps = cJSON_GetObjectItem(population, "maps");
            count_alone(alone, &sq_measure_neurons, subject, view);
            put_maps(begin_sample(cJSON_GetObjectItem(maps, "samples"), view->sample), alone->count,
                     subject, &alone->chosen[i], alone->room);
            population = population->next;
        } else if (subject->kind == SQ_SUBJECT_ATTENTION && block != NULL) {
            count_alone(alone, &sq_measure_attention, subject, view);
            sq_attention_put_map(begin_sample(cJSON_GetObjectItem(block, "samples"), view->sample),
                                 alone->count, scope, subject, 1);
            block = block->next;
        }
    }
}

/* Maps over all samples. */
static void put_all(struct alone *alone, const struct sq_pass *pass, cJSON *populations,
                    cJSON *attention)
{
    const struct sq_scope *scope = alone->frames.scope;
    cJSON *population = populations->child;
    for (uint32_t i = 0; i < scope->n_populations; i++, population = population->next) {
        const struct sq_subject *subject = &scope->subject[i];
        const uint64_t *neuron = sq_pass_counts(pass, &sq_measure_neurons, subject);
        cJSON *maps = sq_json_add_object(population, "maps");
        memset(alone->count, 0, subject->n_channels * sizeof *alone->count);
        for (size_t n = 0; n < sq_subject_neurons(subject); n++)
            alone->count[n % subject->n_channels] += neuron[n];
        choose(&alone->chosen[i], alone->count, subject->n_channels);
        sq_put_counts(maps, "channels", alone->chosen[i].channel, alone->chosen[i].n, 1);
        put_maps(maps, neuron, subject, &alone->chosen[i], alone->room);
        sq_json_add_array(maps, "samples");
    }
    for (cJSON *block = attention != NULL ? attention->child : NULL; block; block = block->next)
        sq_json_add_array(block, "samples");
}

static int take_memory(struct sq_error *err, const struct sq_scope *scope,
                       const struct sq_pass *pass, struct alone *alone)
{
    size_t n_counts = 1, n_rows = 1;
    for (size_t i = 0; i < pass->n_jobs; i++) {
        const struct sq_pass_job *job = &pass->job[i];
        const size_t n = job->measure->n_counts(scope, job->subject);
        n_counts = n > n_counts ? n : n_counts;
        n_rows = job->subject->n_rows > n_rows ? job->subject->n_rows : n_rows;
    }
    struct sq_arena *arena = &alone->frames.arena;
    alone->count = sq_arena_alloc(arena, n_counts, sizeof *alone->count);
    alone->room = sq_arena_alloc(arena, n_rows, SQ_MAP_CHANNELS * sizeof *alone->room);
    alone->scratch = sq_arena_alloc(arena, pass->scratch_bytes, 1);
    alone->chosen = sq_arena_alloc(arena, scope->n_populations, sizeof *alone->chosen);
    return alone->count != NULL && alone->room != NULL && alone->scratch != NULL &&
                   alone->chosen != NULL
               ? SQ_OK
               : sq_fail(err, SQ_ENOMEM, "%s: out of memory for maps", scope->path);
}

int sq_maps_write(struct sq_error *err, const struct sq_scope *scope, const struct sq_pass *pass,
                  cJSON *populations, cJSON *attention)
{
    struct alone alone = {0};
    int status = sq_frames_open(err, scope, &alone.frames);
    if (status == SQ_OK)
        status = take_memory(err, scope, pass, &alone);
    if (status == SQ_OK)
        put_all(&alone, pass, populations, attention);
    for (uint64_t i = 0; status == SQ_OK && i < scope->n_samples && i < SQ_MAP_SAMPLES; i++) {
        struct sq_frame_view view;
        status = sq_frames_read(err, &alone.frames, &scope->sample[i], &view);
        if (status == SQ_OK)
            put_sample(&alone, &view, populations, attention);
    }
    sq_frames_close(&alone.frames);
    return status;
}
