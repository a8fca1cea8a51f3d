/* Lines "t x y p" read many at a time: the form of nearly every line of a text recording. */
#ifndef SQ_TEXT_EVENTS_H
#define SQ_TEXT_EVENTS_H

#include "sim/events/reader/event.h"

/* Add the events of whole lines, from text[first] on, which begins a line, as long as they are four
 * numbers, t of at most 16 digits, x and y of at most 4, p 0, 1 or -1, and the batch has room.
 * Returns where the first other line begins, or n. */
size_t sq_text_events(struct sq_event_batch *batch, const unsigned char *text, size_t first,
                      size_t n);

#endif
