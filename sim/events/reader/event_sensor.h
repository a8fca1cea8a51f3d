/* Sensors: which size to take where a recording gives none, and how cameras write addresses. */
#ifndef SQ_EVENT_SENSOR_H
#define SQ_EVENT_SENSOR_H

#include "sim/events/reader/event.h"

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

/* How a camera writes pixels into an address of 32 bits (AEDAT 2.0, jAER). */
enum sq_addresses { SQ_ADDRESS_DVS128, SQ_ADDRESS_DAVIS, SQ_ADDRESS_DVS640, SQ_ADDRESS_DVS1280 };

struct sq_sensor {
    enum sq_addresses addresses;
    uint32_t width, height; /* 0: not known */
};

/* The camera of this name, one word: the last part of jAER's class, in any case. Whole names only,
 * but those of the DAVIS family: all that begin with "DAVIS" write the same addresses, and the
 * number that follows gives the size. */
bool sq_sensor_of_name(const char *name, size_t n, struct sq_sensor *out);

/* The first of the text's words (letters and digits) that names a camera. */
bool sq_sensor_of_text(const char *text, size_t n, struct sq_sensor *out);

#endif
