/* A recording as CSV: a heading sample,timestep,population,index and one line a spike.
 *
 * The file is read twice: first for populations, sizes and errors, then sample by sample where its
 * lines are in the order of samples. Where they are not, all events are kept in memory. */
#include "traces/import/event_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char advice[] = "each spike is one line";

struct csv {
    struct sq_event_file lines;
    struct sq_events events;
    struct sq_event next; /* read, but of the sample after the one at hand */
    int has_next, is_sorted;
};

/* Note an event in the sizes; dim[0] counts neurons until they are final. */
static void note(struct csv *csv, const struct sq_event *event, uint64_t *sample)
{
    struct sq_recording *recording = csv->lines.recording;
    struct sq_recorded_population *population = &recording->population[event->population];
    if (event->index >= population->dim[0])
        population->dim[0] = (uint64_t)event->index + 1;
    if (event->timestep >= recording->timesteps)
        recording->timesteps = event->timestep + 1;
    const int is_new = recording->n_samples == 0 || event->sample != *sample;
    recording->n_samples += is_new;
    csv->is_sorted &= !is_new || recording->n_samples == 1 || event->sample > *sample;
    *sample = event->sample;
}

/* Sizes are final: a file that changes must not bring others in the second reading.
 */
static int fix_sizes(struct sq_error *err, struct csv *csv)
{
    struct sq_recording *recording = csv->lines.recording;
    const size_t n = recording->n_populations;
    struct sq_recording_size *size = sq_arena_alloc(&recording->arena, n, sizeof *size);
    if (size == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", recording->path);
    for (size_t p = 0; p < n; p++) {
        struct sq_recorded_population *population = &recording->population[p];
        sq_events_set_size(population, &csv->lines.want, population->dim[0]);
        size[p] =
            (struct sq_recording_size){population->name, population->dim[0], population->is_counts};
    }
    csv->lines.want = (struct sq_recording_want){
        .timesteps = recording->timesteps, .n_sizes = n, .sizes = size, .closed = 1};
    return SQ_OK;
}

/* The first reading. */
static int survey(struct sq_error *err, struct csv *csv)
{
    struct sq_recording *recording = csv->lines.recording;
    struct sq_event event;
    uint64_t sample = 0;
    int status = sq_event_file_start(err, &csv->lines);
    csv->is_sorted = 1;
    recording->timesteps = csv->lines.want.timesteps;
    if (status == SQ_OK)
        while ((status = sq_event_file_next(err, &csv->lines, &event)) == 1)
            note(csv, &event, &sample);
    if (status == SQ_OK && recording->n_samples == 0)
        return sq_fail(err, SQ_EFORMAT, "%s: holds no spike", recording->path);
    return status == SQ_OK ? fix_sizes(err, csv) : status;
}

/* The events of the next sample (all events, if they are not in order) become those in memory. */
static int load(struct sq_error *err, struct csv *csv)
{
    int status = SQ_OK;
    csv->events.n = 0;
    do {
        if (csv->has_next)
            status = sq_events_add(err, csv->lines.recording->path, &csv->events, &csv->next);
        if (status == SQ_OK)
            status = sq_event_file_next(err, &csv->lines, &csv->next);
        csv->has_next = status == 1;
        status = csv->has_next ? SQ_OK : status;
    } while (csv->has_next && (!csv->is_sorted || csv->events.n == 0 ||
                               csv->next.sample == csv->events.event[0].sample));
    return status == SQ_OK ? sq_events_sort(err, csv->lines.recording, &csv->events, advice)
                           : status;
}

/* Out of order, a sample may come in several pieces: count them again. */
static int load_all(struct sq_error *err, struct csv *csv)
{
    int status = load(err, csv);
    csv->lines.recording->n_samples = 0;
    while (status == SQ_OK && sq_events_next(&csv->events))
        csv->lines.recording->n_samples++;
    csv->events.first = csv->events.end = 0;
    return status;
}

static int read_sample(struct sq_error *err, struct sq_recording *recording, uint64_t i,
                       struct sq_recorded_sample *out)
{
    struct csv *csv = recording->inside;
    const int status = csv->is_sorted ? load(err, csv) : SQ_OK;
    (void)i;
    if (status != SQ_OK)
        return status;
    if (!sq_events_next(&csv->events))
        return sq_fail(err, SQ_EIO, "%s: became shorter while it was read", recording->path);
    *out =
        (struct sq_recorded_sample){.id = csv->events.event[csv->events.first].sample, .label = -1};
    return SQ_OK;
}

static int read_spikes(struct sq_error *err, struct sq_recording *recording, uint64_t i, size_t p,
                       const struct sq_trace_population *as, uint64_t *bits)
{
    const struct csv *csv = recording->inside;
    (void)err;
    (void)i;
    sq_events_spikes(recording, &csv->events, p, as, bits);
    return SQ_OK;
}

static int read_values(struct sq_error *err, struct sq_recording *recording, uint64_t i, size_t p,
                       const struct sq_trace_population *as, uint16_t *value)
{
    const struct csv *csv = recording->inside;
    (void)i;
    return sq_events_values(err, recording, &csv->events, p, as, value);
}

static void close_csv(struct sq_recording *recording)
{
    struct csv *csv = recording->inside;
    if (csv == NULL)
        return;
    if (csv->lines.file != NULL)
        fclose(csv->lines.file);
    sq_events_free(&csv->events);
    free(csv);
}

static int open_csv(struct sq_error *err, struct sq_recording *recording,
                    const struct sq_recording_want *want)
{
    struct csv *csv = calloc(1, sizeof *csv);
    recording->inside = csv;
    if (csv == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", recording->path);
    csv->lines = (struct sq_event_file){.recording = recording, .want = *want};
    csv->lines.file = fopen(recording->path, "re");
    if (csv->lines.file == NULL)
        return sq_fail(err, SQ_EIO, "%s: cannot be opened: %s", recording->path, strerror(errno));
    int status = survey(err, csv);
    if (status == SQ_OK)
        status = sq_event_file_start(err, &csv->lines);
    return status == SQ_OK && !csv->is_sorted ? load_all(err, csv) : status;
}

int sq_csv_recording_open(struct sq_error *err, const char *path,
                          const struct sq_recording_want *want, struct sq_recording **out)
{
    static const struct sq_recording_kind kind = {"CSV events", 1,           read_sample,
                                                  read_spikes,  read_values, close_csv};
    struct sq_recording *recording;
    int status = sq_recording_new(err, path, &kind, &recording);
    if (status != SQ_OK)
        return status;
    status = open_csv(err, recording, want);
    if (status == SQ_OK)
        *out = recording;
    else
        sq_recording_close(recording);
    return status;
}
