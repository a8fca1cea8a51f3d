/* SLAYER's 1-D spike files (.bs1): records of 5 bytes, big-endian, and nothing else:
 *
 *   0  16 bits  neuron
 *   2   1 bit   polarity
 *      23 bits  time in us
 *
 * A file is one sample. Where both polarities occur they are channels, [2,N]; else the bit says
 * nothing. A time belongs to timestep floor(t / dt). */
#include "traces/import/events.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RECORD = 5, CHUNK = RECORD * 4096 };

static const char advice[] = SQ_OPT "dt gives a shorter timestep (in ms)";

struct slayer {
    const struct sq_recording_want *want; /* while it is opened */
    size_t index;                         /* of the population */
    struct sq_events events;              /* line: the polarity, until the file was read */
    uint64_t n_neurons, n_on;
};

static int add_spike(struct sq_error *err, struct sq_recording *recording, const unsigned char *r)
{
    struct slayer *slayer = recording->inside;
    const uint32_t t_us = (uint32_t)(r[2] & 127) << 16 | (uint32_t)r[3] << 8 | r[4];
    const double steps = t_us / 1000.0 / slayer->want->dt_ms;
    const uint32_t timesteps = slayer->want->timesteps;
    const uint32_t most = timesteps > 0 ? timesteps : SQ_TRACE_MAX_TIMESTEPS;
    const struct sq_event event = {.population = (uint32_t)slayer->index,
                                   .timestep =
                                       (uint32_t)floor(steps + 1e-6 < most ? steps + 1e-6 : most),
                                   .index = (uint32_t)r[0] << 8 | r[1],
                                   .line = r[2] >> 7};
    if (event.timestep >= most)
        return sq_fail(err, SQ_EVALUE,
                       "%s: a spike at %" PRIu32 " us is timestep %.0f of %" PRIu32
                       " at most; " SQ_OPT "dt gives a longer one (in ms)",
                       recording->path, t_us, floor(steps + 1e-6), most);
    if (event.timestep >= recording->timesteps)
        recording->timesteps = event.timestep + 1;
    if (event.index >= slayer->n_neurons)
        slayer->n_neurons = (uint64_t)event.index + 1;
    slayer->n_on += event.line;
    return sq_events_add(err, recording->path, &slayer->events, &event);
}

static int read_records(struct sq_error *err, struct sq_recording *recording, FILE *file)
{
    unsigned char chunk[CHUNK];
    size_t n;
    int status = SQ_OK;
    while (status == SQ_OK && (n = fread(chunk, 1, sizeof chunk, file)) > 0) {
        for (size_t i = 0; status == SQ_OK && i + RECORD <= n; i += RECORD)
            status = add_spike(err, recording, chunk + i);
        if (status == SQ_OK && n % RECORD != 0)
            status =
                sq_fail(err, SQ_EFORMAT, "%s: ends within a record of 5 bytes; was it cut off?",
                        recording->path);
    }
    if (status == SQ_OK && ferror(file))
        status = sq_fail(err, SQ_EIO, "%s: cannot be read: %s", recording->path, strerror(errno));
    return status;
}

static int read_file(struct sq_error *err, struct sq_recording *recording)
{
    const struct slayer *slayer = recording->inside;
    FILE *file = fopen(recording->path, "re");
    if (file == NULL)
        return sq_fail(err, SQ_EIO, "%s: cannot be opened: %s", recording->path, strerror(errno));
    const int status = read_records(err, recording, file);
    fclose(file);
    return status == SQ_OK && slayer->events.n == 0
               ? sq_fail(err, SQ_EFORMAT, "%s: holds no spike", recording->path)
               : status;
}

/* Neurons a channel: as is known, or the largest + 1. */
static int find_size(struct sq_error *err, const struct sq_recording *recording,
                     unsigned n_channels, uint64_t *neurons)
{
    const struct slayer *slayer = recording->inside;
    const char *name = recording->population[slayer->index].name;
    const uint64_t known = sq_events_size_of(slayer->want, name);
    *neurons = known > 0 ? known / n_channels : slayer->n_neurons;
    if (known % n_channels == 0 && slayer->n_neurons <= *neurons)
        return SQ_OK;
    return sq_fail(err, SQ_EVALUE, "%s: neuron %" PRIu64 "%s, but %s has %" PRIu64 " neurons",
                   recording->path, slayer->n_neurons - 1,
                   n_channels == 2 ? " in each of two polarities" : "", name, known);
}

/* Channels and sizes, once all spikes are there; then a polarity does not distinguish spikes. */
static int fix_sizes(struct sq_error *err, struct sq_recording *recording)
{
    struct slayer *slayer = recording->inside;
    struct sq_events *events = &slayer->events;
    struct sq_recorded_population *population = &recording->population[slayer->index];
    const unsigned n_channels = slayer->n_on > 0 && slayer->n_on < events->n ? 2 : 1;
    uint64_t neurons;
    const int status = find_size(err, recording, n_channels, &neurons);
    if (status != SQ_OK)
        return status;
    for (size_t i = 0; i < events->n; i++) {
        events->event[i].index += n_channels == 2 ? events->event[i].line * (uint32_t)neurons : 0;
        events->event[i].line = 0;
    }
    population->n_dims = n_channels;
    population->dim[0] = n_channels == 2 ? 2 : neurons;
    population->dim[1] = neurons;
    if (n_channels == 2)
        snprintf(recording->note, sizeof recording->note,
                 "both polarities occur: %s is [2,%" PRIu64 "], OFF first", population->name,
                 neurons);
    recording->n_samples = 1;
    if (slayer->want->timesteps > 0)
        recording->timesteps = slayer->want->timesteps;
    return sq_events_sort(err, recording, events, advice);
}

static int read_sample(struct sq_error *err, struct sq_recording *recording, uint64_t i,
                       struct sq_recorded_sample *out)
{
    struct slayer *slayer = recording->inside;
    (void)err;
    slayer->events.end = 0;
    sq_events_next(&slayer->events);
    *out = (struct sq_recorded_sample){.id = i, .label = -1};
    return SQ_OK;
}

static int read_spikes(struct sq_error *err, struct sq_recording *recording, uint64_t i, size_t p,
                       const struct sq_trace_population *as, uint64_t *bits)
{
    const struct slayer *slayer = recording->inside;
    (void)err;
    (void)i;
    sq_events_spikes(recording, &slayer->events, p, as, bits);
    return SQ_OK;
}

static int read_values(struct sq_error *err, struct sq_recording *recording, uint64_t i, size_t p,
                       const struct sq_trace_population *as, uint16_t *value)
{
    const struct slayer *slayer = recording->inside;
    (void)i;
    return sq_events_values(err, recording, &slayer->events, p, as, value);
}

static void close_slayer(struct sq_recording *recording)
{
    struct slayer *slayer = recording->inside;
    if (slayer != NULL)
        sq_events_free(&slayer->events);
    free(slayer);
}

static int open_slayer(struct sq_error *err, struct sq_recording *recording,
                       const struct sq_recording_want *want)
{
    struct slayer *slayer = calloc(1, sizeof *slayer);
    recording->inside = slayer;
    if (slayer == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", recording->path);
    slayer->want = want;
    int status = sq_events_population(err, recording, want,
                                      want->population != NULL ? want->population : "spikes",
                                      &slayer->index);
    if (status == SQ_OK)
        status = read_file(err, recording);
    if (status == SQ_OK)
        status = fix_sizes(err, recording);
    slayer->want = NULL;
    return status;
}

int sq_slayer_recording_open(struct sq_error *err, const char *path,
                             const struct sq_recording_want *want, struct sq_recording **out)
{
    static const struct sq_recording_kind kind = {"SLAYER spikes", 1,           read_sample,
                                                  read_spikes,     read_values, close_slayer};
    struct sq_recording *recording;
    int status = sq_recording_new(err, path, &kind, &recording);
    if (status != SQ_OK)
        return status;
    status = open_slayer(err, recording, want);
    if (status == SQ_OK)
        *out = recording;
    else
        sq_recording_close(recording);
    return status;
}
