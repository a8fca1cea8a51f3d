/* Sensors: whose size a recording has that does not tell. */
#ifndef SQ_EVENT_SENSOR_H
#define SQ_EVENT_SENSOR_H

#include "sim/events/event.h"

#include <stdbool.h>

/* What a pass over all events found. */
struct sq_event_extent {
    uint64_t n, n_beyond_34; /* events in all, and those that do not fit 34x34 */
    uint32_t x_max, y_max;
};

void sq_extent_add(struct sq_event_extent *extent, const struct sq_event_batch *batch);

/* The smallest known sensor that holds the events. 34x34 (N-MNIST) is taken where fewer than one
 * event in a hundred lies outside: those are damage, no larger sensor. False: no sensor does. */
bool sq_sensor_guess(const struct sq_event_extent *extent, uint32_t *width, uint32_t *height);

/* The size of the camera whose name (or Java class) stands in the n bytes of text; false: unknown.
 */
bool sq_sensor_of_name(const char *text, size_t n, uint32_t *width, uint32_t *height);

#endif
