#include "sim/analysis/scope/frames.h"

static int no_memory(struct sq_error *err, const struct sq_scope *scope)
{
    return sq_fail(err, SQ_ENOMEM, "%s: out of memory for a sample of its spikes", scope->path);
}

static int take_bits(struct sq_error *err, struct sq_frames *frames)
{
    const struct sq_scope *scope = frames->scope;
    size_t largest = 1;
    for (uint32_t i = 0; i < scope->n_populations; i++) {
        const struct sq_subject *subject = &scope->subject[i];
        const size_t n_words = (size_t)subject->n_rows * subject->n_words;
        const size_t bytes = sq_trace_frame_bytes(&scope->plan->population[subject->source[0]]);
        largest = bytes > largest ? bytes : largest;
        for (uint32_t t = 0; scope->has_spikes && t < scope->timesteps; t++) {
            uint64_t *bits = sq_arena_alloc(&frames->arena, n_words, sizeof *bits);
            if (bits == NULL)
                return no_memory(err, scope);
            frames->bits[(size_t)subject->source[0] * scope->timesteps + t] = bits;
        }
    }
    frames->encoded = sq_arena_alloc(&frames->arena, largest, 1);
    return frames->encoded != NULL ? SQ_OK : no_memory(err, scope);
}

int sq_frames_open(struct sq_error *err, const struct sq_scope *scope, struct sq_frames *frames)
{
    const size_t n = scope->plan->n_populations * scope->timesteps;
    *frames = (struct sq_frames){.scope = scope};
    int status = sq_trace_open(err, scope->path, &frames->trace);
    if (status == SQ_OK)
        status = sq_trace_hold(err, frames->trace);
    if (status != SQ_OK)
        return status;
    if (sq_trace_plan_of(frames->trace)->n_populations != scope->plan->n_populations ||
        sq_trace_plan_of(frames->trace)->timesteps != scope->timesteps)
        return sq_fail(err, SQ_EFORMAT, "%s: was changed while it was read", scope->path);
    frames->bits = sq_arena_alloc(&frames->arena, n, sizeof *frames->bits);
    frames->spikes = sq_arena_alloc(&frames->arena, n, sizeof *frames->spikes);
    if (frames->bits == NULL || frames->spikes == NULL)
        return no_memory(err, scope);
    return take_bits(err, frames);
}

void sq_frames_close(struct sq_frames *frames)
{
    sq_trace_close(frames->trace);
    sq_arena_free(&frames->arena);
    *frames = (struct sq_frames){0};
}

int sq_frames_read(struct sq_error *err, struct sq_frames *frames,
                   const struct sq_scope_sample *sample, struct sq_frame_view *view)
{
    const struct sq_scope *scope = frames->scope;
    const struct sq_trace_place where = {scope->path, sample->id};
    struct sq_trace_frame frame;
    for (uint32_t i = 0; i < scope->n_populations; i++) {
        const uint32_t p = scope->subject[i].source[0];
        for (uint32_t t = 0; t < scope->timesteps; t++) {
            const size_t at = (size_t)p * scope->timesteps + t;
            int status = sq_trace_frame(err, frames->trace, sample->id, p, t, &frame);
            if (status == 1 && scope->has_spikes)
                status = sq_trace_decode(err, &where, &scope->plan->population[p], &frame,
                                         frames->encoded, frames->bits[at]);
            if (status < 0)
                return status;
            frames->spikes[at] = frame.spikes;
        }
    }
    *view =
        (struct sq_frame_view){.bits = frames->bits, .spikes = frames->spikes, .sample = sample};
    return SQ_OK;
}
