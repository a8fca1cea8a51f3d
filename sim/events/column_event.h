/* An event of four numbers that lie in NumPy arrays. */
#ifndef SQ_COLUMN_EVENT_H
#define SQ_COLUMN_EVENT_H

#include "sim/events/event.h"
#include "sim/events/npy_columns.h"

#define SQ_COLUMN_EXPECTED "t, x, y and p must be whole numbers, p 0, 1 or -1"

/* No sensor has the coordinate UINT16_MAX. */
static inline uint16_t sq_coordinate(int64_t value)
{
    return value >= 0 && value < UINT16_MAX ? (uint16_t)value : UINT16_MAX;
}

/* Add the event whose numbers are stored at item[SQ_COLUMN_T] and so on; false: they are none. */
static inline bool sq_column_event(struct sq_event_batch *batch,
                                   const struct sq_array type[SQ_COLUMNS],
                                   const unsigned char *const item[SQ_COLUMNS], size_t at)
{
    int64_t number[SQ_COLUMNS];
    for (unsigned c = 0; c < SQ_COLUMNS; c++)
        if (!sq_npy_whole(&type[c], item[c], &number[c]))
            return false;
    if (number[SQ_COLUMN_P] < -1 || number[SQ_COLUMN_P] > 1)
        return false;
    sq_event_put(batch, number[SQ_COLUMN_T], sq_coordinate(number[SQ_COLUMN_X]),
                 sq_coordinate(number[SQ_COLUMN_Y]), number[SQ_COLUMN_P] == 1, at);
    return true;
}

#endif
