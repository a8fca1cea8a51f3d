/* Room for the largest frame of a trace, for decoding them all. */
#ifndef SQ_TRACE_ROOM_H
#define SQ_TRACE_ROOM_H

#include "kernels/base/arena.h"
#include "traces/read/trace_reader.h"

struct sq_trace_room {
    unsigned char *scratch; /* encoded bytes */
    uint64_t *bits;         /* bit rows of spikes */
    uint16_t *value;        /* whole numbers */
};

/* From the arena, which frees it. SQ_ENOMEM. */
int sq_trace_room_take(struct sq_error *err, const struct sq_trace *trace, struct sq_arena *arena,
                       struct sq_trace_room *room);

/* Decode a frame that holds more than its count into room->bits, or into room->value where the
 * population is of kind `input`. As sq_trace_decode(). */
int sq_trace_room_decode(struct sq_error *err, const struct sq_trace *trace, uint64_t sample,
                         const struct sq_trace_frame *frame, struct sq_trace_room *room);

#endif
