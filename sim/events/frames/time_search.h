/* Indices of events by time, found as NumPy's searchsorted does: in files whose time runs backwards
 * too, where a binary search and a walk do not find the same. */
#ifndef SQ_TIME_SEARCH_H
#define SQ_TIME_SEARCH_H

#include "sim/events/reader/event_profile.h"

/* Times first + k * stride, and for each the index of the first event that is not before it. */
struct sq_thresholds {
    int64_t first, stride; /* stride >= 0 */
    uint64_t n;
    uint64_t *index; /* [n] */
};

/* Find the indices of one or two lists.
 *   reader    at its first event
 *   profile   of all its events
 *   anew      each key is searched by its own call, not all by one
 * In order of time one walk does, else all times are kept. SQ_ENOMEM, and as
 * sq_camera_next(). */
int sq_time_search(struct sq_error *err, const char *path, struct sq_camera *reader,
                   const struct sq_event_profile *profile, const struct sq_thresholds *list,
                   size_t n_lists, bool anew);

#endif
