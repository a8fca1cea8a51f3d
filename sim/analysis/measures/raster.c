#include "sim/analysis/measures/raster.h"

#include "kernels/base/random.h"
#include "sim/analysis/scope/figure_json.h"
#include "sim/analysis/scope/frames.h"

void sq_put_sample(cJSON *to, const struct sq_scope_sample *sample)
{
    sq_put_count(to, "sample", sample->id);
    if (sample->label >= 0)
        sq_put_count(to, "label", (uint64_t)sample->label);
    if (sample->prediction >= 0)
        sq_put_count(to, "prediction", (uint64_t)sample->prediction);
}

static uint32_t shown_timesteps(const struct sq_scope *scope)
{
    return scope->timesteps < SQ_RASTER_TIMESTEPS ? scope->timesteps : SQ_RASTER_TIMESTEPS;
}

uint32_t sq_raster_size(uint64_t n, uint32_t timesteps)
{
    const uint64_t room = SQ_RASTER_CELLS / timesteps;
    const uint64_t most = room < SQ_RASTER_NEURONS ? room : SQ_RASTER_NEURONS;
    return (uint32_t)(n < most ? n : most);
}

void sq_raster_draw(uint64_t *number, uint32_t size, uint64_t n)
{
    uint64_t state = 1;
    uint32_t taken = 0;
    for (uint64_t i = 0; taken < size; i++) {
        const uint64_t x = sq_splitmix64(&state);
        if ((uint64_t)((unsigned __int128)x * (n - i) >> 64) < size - taken)
            number[taken++] = i;
    }
}

int sq_raster_find(struct sq_error *err, const struct sq_scope *scope, const char *text,
                   uint64_t *place)
{
    struct sq_range range;
    *place = 0;
    if (text == NULL)
        return SQ_OK;
    if (!scope->has_spikes)
        return sq_fail(err, SQ_EUSAGE,
                       "%s: " SQ_OPT "raster-sample %s: the trace holds counts only, no spikes",
                       scope->path, text);
    const int status = sq_range_parse(err, SQ_OPT "raster-sample", text, &range);
    if (status != SQ_OK)
        return status;
    if (range.end - range.first != 1)
        return sq_fail(err, SQ_EUSAGE, SQ_OPT "raster-sample %s: expected the number of one sample",
                       text);
    for (uint64_t i = 0; i < scope->n_samples; i++)
        if (scope->sample[i].id == range.first) {
            *place = i;
            return SQ_OK;
        }
    return sq_fail(err, SQ_EUSAGE,
                   "%s: " SQ_OPT "raster-sample %s is not among the samples that are analysed",
                   scope->path, text);
}

/* Of these neurons those that fire: returns how many, lists them in `fired`. */
static size_t find_fired(const uint64_t *bits, const struct sq_subject *subject,
                         const uint64_t *neuron, uint32_t size, uint64_t *fired)
{
    size_t n = 0;
    for (uint32_t i = 0; i < size; i++) {
        const uint64_t row = neuron[i] / subject->n_channels;
        const uint64_t channel = neuron[i] % subject->n_channels;
        if (bits[row * subject->n_words + channel / 64] >> channel % 64 & 1)
            fired[n++] = neuron[i];
    }
    return n;
}

static void put_population(cJSON *to, const struct sq_scope *scope,
                           const struct sq_frame_view *view, const struct sq_subject *subject)
{
    const uint32_t timesteps = shown_timesteps(scope);
    const uint32_t size = sq_raster_size(sq_subject_neurons(subject), timesteps);
    uint64_t neuron[SQ_RASTER_NEURONS], fired[SQ_RASTER_NEURONS];
    cJSON *object = sq_json_add_object(to, "raster");
    sq_put_sample(object, view->sample);
    sq_raster_draw(neuron, size, sq_subject_neurons(subject));
    sq_put_counts(object, "neurons", neuron, size, 1);
    cJSON *list = sq_json_add_array(object, "fired_per_timestep");
    for (uint32_t t = 0; t < timesteps; t++) {
        const size_t n =
            find_fired(sq_view_bits(view, scope, subject, 0, t), subject, neuron, size, fired);
        sq_json_append(list, sq_counts_item(fired, n));
    }
}

int sq_raster_write(struct sq_error *err, const struct sq_scope *scope, uint64_t place,
                    cJSON *populations)
{
    struct sq_frames frames;
    struct sq_frame_view view;
    int status = sq_frames_open(err, scope, &frames);
    if (status == SQ_OK)
        status = sq_frames_read(err, &frames, &scope->sample[place], &view);
    cJSON *population = populations->child;
    for (uint32_t i = 0; status == SQ_OK && i < scope->n_populations; i++) {
        put_population(population, scope, &view, &scope->subject[i]);
        population = population->next;
    }
    sq_frames_close(&frames);
    return status;
}
