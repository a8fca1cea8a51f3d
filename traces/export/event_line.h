/* Lines of text that name events: "SAMPLE,TIMESTEP,POPULATION,INDEX", with any separator. */
#ifndef SQ_EVENT_LINE_H
#define SQ_EVENT_LINE_H

#include "traces/read/trace_events.h"

/* The common beginning of a frame's lines, made once per frame. */
struct sq_event_line {
    char text[2 * SQ_TRACE_NAME_BYTES + 48];
    size_t n;
};

/* Most bytes of a line's text, without its end. */
enum { SQ_EVENT_LINE_BYTES = sizeof(struct sq_event_line) + 16 };

/*   population   its name, as the format writes it, in at most 2 * SQ_TRACE_NAME_BYTES bytes */
void sq_event_line_begin(struct sq_event_line *line, const struct sq_frame_events *events,
                         const char *population, char separator);

/* The line of one event; returns the place after its last digit. `out` has room for
 * SQ_EVENT_LINE_BYTES. */
unsigned char *sq_event_line_put(unsigned char *out, const struct sq_event_line *line,
                                 uint32_t index);

/* A whole number in decimal digits, at most 10; returns the next place. */
unsigned char *sq_put_decimal(unsigned char *out, uint32_t number);

#endif
