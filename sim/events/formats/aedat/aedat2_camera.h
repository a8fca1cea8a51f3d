/* The camera of an AEDAT 2.0 recording. */
#ifndef SQ_AEDAT2_CAMERA_H
#define SQ_AEDAT2_CAMERA_H

#include "sim/events/reader/event_format.h"
#include "sim/events/reader/event_sensor.h"
#include "sim/events/source/text_line.h"

enum { SQ_AEDAT2_RECORD = 8 };

struct sq_aedat2 {
    struct sq_sensor sensor; /* of the camera, whatever size was given */
    unsigned view;
    bool is_of_v2e; /* the header says so: no DVS128 */
};

/* After the header: fill state->sensor, by facts.camera if the header names one, by --camera, or
 * by the addresses: of a file all, of a pipe those that are there.
 *   SQ_EUNSUPPORTED   the camera is not known, or the addresses fit none, or more than one
 *   SQ_EUSAGE         --camera is unknown, or the header names a known one
 *   SQ_EVALUE         the camera was guessed, and warnings are errors */
int sq_aedat2_find_camera(struct sq_camera *reader);

#endif
