#include "traces/compare/side.h"

#include "traces/compare/compare_frame.h"

#include <string.h>

int sq_side_fetch(struct sq_error *err, struct sq_side *side, uint32_t population,
                  uint32_t timestep)
{
    const int status =
        sq_trace_frame(err, side->trace, side->sample.id, population, timestep, &side->frame);
    side->has_frame = status == 1;
    return status < 0 ? status : SQ_OK;
}

static int is_same_bytes(const struct sq_trace_frame *a, const struct sq_trace_frame *b)
{
    return a->encoding == b->encoding && a->codec == b->codec && a->size == b->size &&
           a->spikes == b->spikes && (a->size == 0 || memcmp(a->data, b->data, a->size) == 0);
}

static int decode(struct sq_error *err, struct sq_side *side)
{
    return sq_trace_room_decode(err, side->trace, side->sample.id, &side->frame, &side->room);
}

static int compare_content(struct sq_error *err, struct sq_side *a, struct sq_side *b, uint64_t *n,
                           struct sq_difference *first)
{
    const struct sq_trace_population *population =
        &sq_trace_plan_of(a->trace)->population[a->frame.population];
    int status = decode(err, a);
    if (status == SQ_OK)
        status = decode(err, b);
    if (status != SQ_OK)
        return status;
    if (population->kind == SQ_TRACE_INPUT) {
        first->kind = SQ_DIFFERS_VALUE;
        *n = sq_compare_values(sq_trace_neurons(population), a->room.value, b->room.value,
                               &first->element);
        first->a = a->room.value[first->element];
        first->b = b->room.value[first->element];
        return SQ_OK;
    }
    first->kind = SQ_DIFFERS_SPIKE;
    *n = sq_compare_bits(population, a->room.bits, b->room.bits, &first->element);
    first->a = sq_spike_at(population, a->room.bits, first->element);
    first->b = sq_spike_at(population, b->room.bits, first->element);
    return SQ_OK;
}

int sq_side_compare(struct sq_error *err, struct sq_side *a, struct sq_side *b, uint64_t *n,
                    struct sq_difference *first)
{
    *n = 0;
    if (a->has_frame != b->has_frame) {
        first->kind = SQ_DIFFERS_PRESENCE;
        first->a = (uint64_t)a->has_frame;
        first->b = (uint64_t)b->has_frame;
        *n = a->has_frame ? a->frame.spikes : b->frame.spikes;
        *n += *n == 0; /* a frame without spikes is more than no frame */
        return SQ_OK;
    }
    if (!a->has_frame || is_same_bytes(&a->frame, &b->frame))
        return SQ_OK;
    if (a->frame.encoding != SQ_FRAME_COUNT && b->frame.encoding != SQ_FRAME_COUNT)
        return compare_content(err, a, b, n, first);
    first->kind = SQ_DIFFERS_COUNT;
    first->a = a->frame.spikes;
    first->b = b->frame.spikes;
    *n = first->a > first->b ? first->a - first->b : first->b - first->a;
    return SQ_OK;
}
