#include "sim/events/event_dump.h"

enum { RECORD = 13 };

static void put(unsigned char *out, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        out[i] = (unsigned char)(value >> (8 * i));
}

int sq_event_dump_write(struct sq_error *err, struct sq_output *out,
                        const struct sq_event_batch *batch)
{
    unsigned char bytes[SQ_EVENT_BATCH * RECORD], *at = bytes;
    for (size_t i = 0; i < batch->n; i++, at += RECORD) {
        const struct sq_camera_event *e = &batch->event[i];
        put(at, (uint64_t)e->t, 8);
        put(at + 8, e->x, 2);
        put(at + 10, e->y, 2);
        put(at + 12, e->p, 1);
    }
    return sq_output_write(err, out, bytes, (size_t)(at - bytes));
}
