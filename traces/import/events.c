#include "traces/import/events.h"

#include "traces/import/spike_bits.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int sq_events_add(struct sq_error *err, const char *path, struct sq_events *events,
                  const struct sq_event *event)
{
    if (events->n == events->capacity) {
        const size_t larger = 2 * events->capacity + 1024;
        void *grown = larger <= SIZE_MAX / sizeof *events->event
                          ? realloc(events->event, larger * sizeof *events->event)
                          : NULL;
        if (grown == NULL)
            return sq_fail(err, SQ_ENOMEM, "%s: out of memory for %zu events", path, larger);
        events->event = grown;
        events->capacity = larger;
    }
    events->event[events->n++] = *event;
    return SQ_OK;
}

static int order(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int by_place(const void *a, const void *b)
{
    const struct sq_event *x = a, *y = b;
    if (x->sample != y->sample)
        return order(x->sample, y->sample);
    if (x->population != y->population)
        return order(x->population, y->population);
    if (x->timestep != y->timestep)
        return order(x->timestep, y->timestep);
    return order(x->index, y->index);
}

static int fires_twice(struct sq_error *err, const struct sq_recording *recording,
                       const struct sq_event *a, const struct sq_event *b, const char *advice)
{
    char line[32] = "";
    const uint32_t later = a->line > b->line ? a->line : b->line;
    if (later > 0)
        snprintf(line, sizeof line, "line %" PRIu32 ": ", later);
    return sq_fail(err, SQ_EVALUE,
                   "%s: %s%s: neuron %" PRIu32 " fires twice at sample %" PRIu64
                   ", timestep %" PRIu32 "; %s",
                   recording->path, line, recording->population[a->population].name, a->index,
                   a->sample, a->timestep, advice);
}

int sq_events_sort(struct sq_error *err, const struct sq_recording *recording,
                   struct sq_events *events, const char *advice)
{
    events->first = events->end = 0;
    if (events->n == 0)
        return SQ_OK;
    qsort(events->event, events->n, sizeof *events->event, by_place);
    for (size_t i = 1; i < events->n; i++)
        if (by_place(&events->event[i - 1], &events->event[i]) == 0 &&
            !recording->population[events->event[i].population].is_counts)
            return fires_twice(err, recording, &events->event[i - 1], &events->event[i], advice);
    return SQ_OK;
}

int sq_events_next(struct sq_events *events)
{
    events->first = events->end;
    while (events->end < events->n &&
           events->event[events->end].sample == events->event[events->first].sample)
        events->end++;
    return events->end > events->first;
}

void sq_events_next_of(struct sq_events *events, uint64_t id)
{
    const size_t next = events->end;
    if (next < events->n && events->event[next].sample == id)
        sq_events_next(events);
    else
        events->first = next;
}

/* The first event of population `p` or a later one, by bisection. */
static size_t find(const struct sq_events *events, size_t p)
{
    size_t low = events->first, high = events->end;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (events->event[middle].population < p)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void sq_events_spikes(const struct sq_recording *recording, const struct sq_events *events,
                      size_t p, const struct sq_trace_population *as, uint64_t *bits)
{
    const size_t words = sq_spike_words(as);
    memset(bits, 0, recording->timesteps * words * sizeof *bits);
    for (size_t i = find(events, p); i < events->end && events->event[i].population == p; i++)
        sq_spike_set(as, bits + events->event[i].timestep * words, events->event[i].index);
}

int sq_events_values(struct sq_error *err, const struct sq_recording *recording,
                     const struct sq_events *events, size_t p, const struct sq_trace_population *as,
                     uint16_t *value)
{
    const size_t neurons = sq_trace_neurons(as);
    memset(value, 0, recording->timesteps * neurons * sizeof *value);
    for (size_t i = find(events, p); i < events->end && events->event[i].population == p; i++) {
        const struct sq_event *event = &events->event[i];
        uint16_t *at = value + event->timestep * neurons +
                       sq_spike_row(as, event->index) * as->n_channels +
                       sq_spike_channel(as, event->index);
        if (*at == UINT16_MAX)
            return sq_fail(err, SQ_EVALUE, "%s: %s: more than 65535 events at index %" PRIu32,
                           recording->path, recording->population[p].name, event->index);
        ++*at;
    }
    return SQ_OK;
}

void sq_events_free(struct sq_events *events)
{
    free(events->event);
    *events = (struct sq_events){.n = 0};
}

static const struct sq_recording_size *known(const struct sq_recording_want *want, const char *name)
{
    for (size_t i = 0; i < want->n_sizes; i++)
        if (strcmp(want->sizes[i].name, name) == 0)
            return &want->sizes[i];
    return NULL;
}

uint64_t sq_events_size_of(const struct sq_recording_want *want, const char *name)
{
    const struct sq_recording_size *size = known(want, name);
    return size != NULL ? size->neurons : 0;
}

int sq_events_population(struct sq_error *err, struct sq_recording *recording,
                         const struct sq_recording_want *want, const char *name, size_t *index)
{
    struct sq_recorded_population *population;
    const struct sq_recording_size *size = known(want, name);
    if (sq_recording_find(recording, name, index))
        return SQ_OK;
    if (want->closed && size == NULL)
        return sq_fail(err, SQ_EVALUE, "%s: the network has no population %.100s", recording->path,
                       name);
    *index = recording->n_populations;
    const int status = sq_recording_add(err, recording, name, &population);
    if (status == SQ_OK)
        population->is_counts = size != NULL && size->is_counts;
    return status;
}

void sq_events_set_size(struct sq_recorded_population *population,
                        const struct sq_recording_want *want, uint64_t seen)
{
    const uint64_t size = sq_events_size_of(want, population->name);
    population->n_dims = 1;
    population->dim[0] = size > 0 ? size : seen > 0 ? seen : 1;
}
