/* Decoded frames as lists of events in the order of the module's array (trace_events.h). */
#ifndef SQ_EVENT_LISTS_H
#define SQ_EVENT_LISTS_H

#include "traces/format/trace.h"

/* Ascending indices of the spikes; returns their number.
 *   bits    [n_rows][ceil(n_channels / 64)]
 *   flat    scratch, [ceil(n_rows * n_channels / 64)]
 *   index   room for all neurons */
size_t sq_list_spikes(const struct sq_trace_population *population, const uint64_t *bits,
                      uint64_t *flat, uint32_t *index);

/* The same for whole numbers: those that are not 0 and where they stand.
 *   stored   [n_rows * n_channels] */
size_t sq_list_values(const struct sq_trace_population *population, const uint16_t *stored,
                      uint32_t *index, uint16_t *value);

#endif
