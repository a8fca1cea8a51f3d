/* A recording in numbers, from one pass over its events. */
#ifndef SQ_EVENT_PROFILE_H
#define SQ_EVENT_PROFILE_H

#include "sim/events/reader/event_reader.h"

struct sq_event_profile {
    uint64_t n, n_on, n_equal; /* n_equal: events at the time of the one before */
    int64_t t_min, t_max;
    uint16_t x_min, x_max, y_min, y_max;
    struct sq_camera_event first, last; /* in the order of the file */
    bool is_monotonic;                  /* no event is earlier than the one before */
};

/* The profile of no events. */
struct sq_event_profile sq_event_profile_empty(void);

void sq_event_profile_add(struct sq_event_profile *profile, const struct sq_event_batch *batch);

/* All events that are still to come. As sq_camera_next(). */
int sq_event_profile_read(struct sq_camera *reader, struct sq_event_profile *profile);

#endif
