/* One of two traces that are compared: its sample at hand, and a frame of it. */
#ifndef SQ_SIDE_H
#define SQ_SIDE_H

#include "traces/compare/difference.h"
#include "traces/read/trace_room.h"

struct sq_side {
    struct sq_trace *trace;
    struct sq_trace_sample sample;
    int has_sample, has_frame;
    struct sq_trace_frame frame;
    struct sq_trace_room room;
};

/* Fetch the frame of a population at a timestep of the sample at hand. What sq_trace_frame()
 * refuses. */
int sq_side_fetch(struct sq_error *err, struct sq_side *side, uint32_t population,
                  uint32_t timestep);

/* Compare the frames that were fetched.
 *   n       elements that differ; counts that differ; one at least where a frame is missing
 *   first   where n > 0: kind, element, a and b of the first of them; the rest is left alone
 * What sq_trace_decode() refuses. */
int sq_side_compare(struct sq_error *err, struct sq_side *a, struct sq_side *b, uint64_t *n,
                    struct sq_difference *first);

#endif
