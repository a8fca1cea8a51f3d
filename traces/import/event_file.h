/* Event files: lines sample,timestep,population,index below that heading, read one by one. */
#ifndef SQ_EVENT_FILE_H
#define SQ_EVENT_FILE_H

#include "traces/import/events.h"

#include <stdio.h>

struct sq_event_file {
    FILE *file;
    struct sq_recording *recording; /* gets the populations that occur */
    struct sq_recording_want want;  /* limits of timesteps, populations and indices */
    uint32_t line;
    size_t last; /* the population of the line before: often that of the next */
};

/* Go to the beginning and read the heading. SQ_EIO, SQ_EFORMAT. */
int sq_event_file_start(struct sq_error *err, struct sq_event_file *csv);

/* The next event: 1, 0 behind the last, or a failure, which names the line: SQ_EFORMAT, SQ_EVALUE
 * (a number out of range, an unknown population), SQ_EIO, SQ_ENOMEM. Empty lines do not count. */
int sq_event_file_next(struct sq_error *err, struct sq_event_file *csv, struct sq_event *event);

#endif
