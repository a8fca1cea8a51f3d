/* Canonical dumps: events in the order of the file, 13 bytes each, little-endian: int64 t in us,
 * uint16 x, uint16 y, uint8 p. */
#ifndef SQ_EVENT_DUMP_H
#define SQ_EVENT_DUMP_H

#include "sim/events/reader/event.h"
#include "traces/files/output.h"

/* Append a batch to an open output. SQ_EIO. */
int sq_event_dump_write(struct sq_error *err, struct sq_output *out,
                        const struct sq_event_batch *batch);

#endif
