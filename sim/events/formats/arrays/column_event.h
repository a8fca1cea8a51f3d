/* Events of four numbers that lie in NumPy arrays, or in lines of text. */
#ifndef SQ_COLUMN_EVENT_H
#define SQ_COLUMN_EVENT_H

#include "sim/events/formats/arrays/npy_columns.h"
#include "sim/events/reader/event.h"

#define SQ_COLUMN_EXPECTED "t, x, y and p must be whole numbers, p 0, 1 or -1"

/* No sensor has the coordinate UINT16_MAX. */
static inline uint16_t sq_coordinate(int64_t value)
{
    return value >= 0 && value < UINT16_MAX ? (uint16_t)value : UINT16_MAX;
}

/* Where the numbers of one column lie. */
struct sq_event_column {
    const struct sq_array *type;
    const unsigned char *item; /* the first */
    size_t stride;             /* bytes from one to the next */
};

/* Add n events, `at_step` bytes of the recording apart; the batch has room. Returns how many were
 * added: fewer than n where the next one has invalid numbers. */
size_t sq_column_events(struct sq_event_batch *batch,
                        const struct sq_event_column column[SQ_COLUMNS], size_t n, size_t at_step);

#endif
