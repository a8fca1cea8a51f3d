/* Events of a camera, and batches of them. */
#ifndef SQ_EVENT_H
#define SQ_EVENT_H

#include <stddef.h>
#include <stdint.h>

/* One pixel became brighter (p = 1, ON) or darker (p = 0, OFF). x is the column, y the row. */
struct sq_camera_event {
    int64_t t; /* us */
    uint16_t x, y;
    uint8_t p;
};

enum { SQ_EVENT_BATCH = 4096 };

/* Events in the order of the file, each with its byte offset, for complaints: base + at[i]. */
struct sq_event_batch {
    size_t n;
    uint64_t base;
    struct sq_camera_event event[SQ_EVENT_BATCH];
    uint32_t at[SQ_EVENT_BATCH];
};

/* Differences and sums of valid times do not overflow: they lie within 2^61 us (70,000 years). */
static inline int sq_event_time_is_good(int64_t t)
{
    return t > -((int64_t)1 << 61) && t < (int64_t)1 << 61;
}

/* Add an event. The batch has room, and coordinates that no sensor has stay such. */
static inline void sq_event_put(struct sq_event_batch *batch, int64_t t, uint16_t x, uint16_t y,
                                unsigned p, size_t at)
{
    batch->event[batch->n] = (struct sq_camera_event){.t = t, .x = x, .y = y, .p = (uint8_t)p};
    batch->at[batch->n++] = (uint32_t)at;
}

#endif
