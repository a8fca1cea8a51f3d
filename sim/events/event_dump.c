#include "sim/events/event_dump.h"

#include "kernels/base/little.h"

enum { RECORD = 13 };

int sq_event_dump_write(struct sq_error *err, struct sq_output *out,
                        const struct sq_event_batch *batch)
{
    unsigned char bytes[SQ_EVENT_BATCH * RECORD], *at = bytes;
    for (size_t i = 0; i < batch->n; i++, at += RECORD) {
        const struct sq_camera_event *e = &batch->event[i];
        sq_put_le(at, (uint64_t)e->t, 8);
        sq_put_le(at + 8, e->x, 2);
        sq_put_le(at + 10, e->y, 2);
        sq_put_le(at + 12, e->p, 1);
    }
    return sq_output_write(err, out, bytes, (size_t)(at - bytes));
}
