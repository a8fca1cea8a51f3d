#include "traces/read/trace_room.h"

#include "kernels/base/bits.h"

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

int sq_trace_room_take(struct sq_error *err, const struct sq_trace *trace, struct sq_arena *arena,
                       struct sq_trace_room *room)
{
    const struct sq_trace_plan *plan = sq_trace_plan_of(trace);
    size_t bytes = 0, words = 0, values = 0;
    for (size_t i = 0; i < plan->n_populations; i++) {
        const struct sq_trace_population *p = &plan->population[i];
        bytes = larger(bytes, sq_trace_frame_bytes(p));
        if (p->kind == SQ_TRACE_INPUT)
            values = larger(values, sq_trace_neurons(p));
        else
            words = larger(words, p->n_rows * sq_words_for(p->n_channels));
    }
    room->scratch = sq_arena_alloc(arena, bytes, 1);
    room->bits = sq_arena_alloc(arena, words, sizeof *room->bits);
    room->value = sq_arena_alloc(arena, values, sizeof *room->value);
    return room->scratch != NULL && room->bits != NULL && room->value != NULL
               ? SQ_OK
               : sq_fail(err, SQ_ENOMEM, "%s: out of memory", sq_trace_path(trace));
}

int sq_trace_room_decode(struct sq_error *err, const struct sq_trace *trace, uint64_t sample,
                         const struct sq_trace_frame *frame, struct sq_trace_room *room)
{
    const struct sq_trace_population *p = &sq_trace_plan_of(trace)->population[frame->population];
    const struct sq_trace_place where = {sq_trace_path(trace), sample};
    if (p->kind == SQ_TRACE_INPUT)
        return sq_trace_decode_values(err, &where, p, frame, room->scratch, room->value);
    return sq_trace_decode(err, &where, p, frame, room->scratch, room->bits);
}
