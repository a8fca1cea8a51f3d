/* The output of spikeq events. */
#ifndef SQ_EVENTS_REPORT_H
#define SQ_EVENTS_REPORT_H

#include "sim/events/frames/frame_file.h"
#include "sim/events/reader/event_profile.h"

struct sq_events_report {
    const char *path;
    struct sq_event_facts facts;
    struct sq_event_profile profile;
    const struct sq_frame_summary *frames; /* or NULL */
};

/* *text is the caller's, by free(). SQ_ENOMEM. */
int sq_events_report_text(struct sq_error *err, const struct sq_events_report *report, char **text);
int sq_events_report_json(struct sq_error *err, const struct sq_events_report *report, char **text);

#endif
