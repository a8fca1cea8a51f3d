/* Events of a selection of samples and populations, one frame after the other: what every export
 * and every stream is made of.
 *
 * An event's index is its place in the array that the PyTorch module returns, behind [T, B], in C
 * order: population.dim, whatever order the trace keeps. With channels first that is
 * channel * n_rows + row, else row * n_channels + channel. */
#ifndef SQ_TRACE_EVENTS_H
#define SQ_TRACE_EVENTS_H

#include "traces/format/select.h"
#include "traces/read/trace_reader.h"

/* In what order sq_event_reader_next() gives frames. */
enum sq_event_order {
    SQ_EVENTS_BY_POPULATION, /* sample, population, timestep */
    SQ_EVENTS_BY_TIME,       /* sample, timestep, population: all of a timestep before the next */
};

/* One frame. Pointers are valid until the next call for the same reader. */
struct sq_frame_events {
    uint64_t sample;
    uint32_t timestep;
    uint32_t population;   /* its number in the trace's plan */
    size_t n;              /* elements that are not 0 */
    const uint32_t *index; /* [n], ascending */
    const uint16_t *value; /* [n], each > 0; NULL: spikes, each is 1 */
};

/* What was selected; owned by the reader. */
struct sq_selection {
    const struct sq_trace_plan *plan;
    const uint32_t *population; /* [n_populations] numbers in the plan, ascending */
    size_t n_populations;
    const uint64_t *sample; /* [n_samples] ids, ascending */
    size_t n_samples;
};

struct sq_event_reader;

/* Select from an open trace, which must outlive the reader.
 *   globs   as sq_globs_match(); NULL or "": every population, less an `input` of which some frame
 *           of the selected samples was not recorded
 *   range   ids of samples
 * *out is written only on success. SQ_EVALUE: nothing is selected; SQ_EUNSUPPORTED: the trace holds
 * counts only; what sq_trace_next() refuses; SQ_ENOMEM. */
int sq_event_reader_open(struct sq_error *err, struct sq_trace *trace, const char *globs,
                         const struct sq_range *range, enum sq_event_order order,
                         struct sq_event_reader **out);
void sq_event_reader_close(struct sq_event_reader *reader);

const struct sq_selection *sq_event_reader_selection(const struct sq_event_reader *reader);

/* The next frame, empty ones too: 1 and *events, 0 behind the last, or a negative status.
 * SQ_EUNSUPPORTED: a frame of kind `input` was not recorded. What sq_trace_decode() refuses. */
int sq_event_reader_next(struct sq_error *err, struct sq_event_reader *reader,
                         struct sq_frame_events *events);

/* Any one frame of a selected population: SQ_OK, or as above. */
int sq_event_reader_at(struct sq_error *err, struct sq_event_reader *reader, uint64_t sample,
                       uint32_t population, uint32_t timestep, struct sq_frame_events *events);

#endif
