#include "sim/events/formats/arrays/column_event.h"

#include "traces/files/npy.h"

enum { BLOCK = 256 }; /* its numbers stay in the first-level cache */

/* Add up to BLOCK events, `first` and following ones; false, and none is added, if one is bad. */
static bool add_block(struct sq_event_batch *batch, const struct sq_event_column column[SQ_COLUMNS],
                      size_t first, size_t n, size_t at_step)
{
    int64_t number[SQ_COLUMNS][BLOCK];
    uint64_t bad = 0;
    for (unsigned c = 0; c < SQ_COLUMNS; c++)
        if (!sq_npy_whole(column[c].type, column[c].item + first * column[c].stride,
                          column[c].stride, n, number[c]))
            return false;
    for (size_t i = 0; i < n; i++)
        bad |= (uint64_t)(number[SQ_COLUMN_P][i] + 1) > 2;
    for (size_t i = 0; i < n && !bad; i++)
        sq_event_put(batch, number[SQ_COLUMN_T][i], sq_coordinate(number[SQ_COLUMN_X][i]),
                     sq_coordinate(number[SQ_COLUMN_Y][i]), number[SQ_COLUMN_P][i] == 1,
                     (first + i) * at_step);
    return !bad;
}

size_t sq_column_events(struct sq_event_batch *batch,
                        const struct sq_event_column column[SQ_COLUMNS], size_t n, size_t at_step)
{
    size_t done = 0;
    while (done < n) {
        const size_t now = n - done < BLOCK ? n - done : BLOCK;
        if (!add_block(batch, column, done, now, at_step))
            break;
        done += now;
    }
    while (done < n && add_block(batch, column, done, 1, at_step)) /* up to the bad one */
        done++;
    return done;
}
