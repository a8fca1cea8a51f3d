/* Event lists: spikes as (sample, timestep, population, index), in any order, made into bit rows
 * sample by sample. */
#ifndef SQ_EVENTS_H
#define SQ_EVENTS_H

#include "traces/import/recording.h"

struct sq_event {
    uint64_t sample;
    uint32_t population, timestep;
    uint32_t index; /* C order of the population's array */
    uint32_t line;  /* where the file says so, for messages; 0: not known */
};

/* Events in memory, and those of the current sample. */
struct sq_events {
    struct sq_event *event;
    size_t n, capacity;
    size_t first, end; /* of the sample at hand */
};

/* Append. SQ_ENOMEM. */
int sq_events_add(struct sq_error *err, const char *path, struct sq_events *events,
                  const struct sq_event *event);

/* Order by sample, population, timestep, index; no sample is current then. SQ_EVALUE: a neuron
 * fires twice in one timestep, where those are not counts; `advice` says what to do. */
int sq_events_sort(struct sq_error *err, const struct sq_recording *recording,
                   struct sq_events *events, const char *advice);

/* Go to the next sample. 0: no more. */
int sq_events_next(struct sq_events *events);

/* Go to the next sample if it has this id; else to one without events. */
void sq_events_next_of(struct sq_events *events, uint64_t id);

/* Bit rows of one population in the sample at hand, as sq_recording_kind.spikes. */
void sq_events_spikes(const struct sq_recording *recording, const struct sq_events *events,
                      size_t p, const struct sq_trace_population *as, uint64_t *bits);

/* The same as whole numbers, how often each event comes, as sq_recording_kind.values. */
int sq_events_values(struct sq_error *err, const struct sq_recording *recording,
                     const struct sq_events *events, size_t p, const struct sq_trace_population *as,
                     uint16_t *value);

void sq_events_free(struct sq_events *events);

/* Number of the population `name`, which is appended where it is new. SQ_EVALUE: only those of
 * want->sizes may occur; what sq_recording_add() refuses. */
int sq_events_population(struct sq_error *err, struct sq_recording *recording,
                         const struct sq_recording_want *want, const char *name, size_t *index);

/* The known size of a population, or 0. */
uint64_t sq_events_size_of(const struct sq_recording_want *want, const char *name);

/* Once all events were seen: the population has as many neurons as is known, or the largest index
 * that was seen, + 1; one that never fires has one. */
void sq_events_set_size(struct sq_recorded_population *population,
                        const struct sq_recording_want *want, uint64_t seen);

#endif
