#include "sim/engine/frame_events.h"

#include "kernels/pack/counts.h"
#include "sim/engine/fanout.h"

int sq_network_takes_events(const struct sq_network *network)
{
    return network->config.layout == SQ_LAYOUT_CIFAR10DVS;
}

int sq_frame_events_alloc(struct sq_arena *arena, const struct sq_network *network,
                          struct sq_frame_events *frame)
{
    if (!sq_network_takes_events(network))
        return 1;
    frame->shape = network->node[0].shape;
    frame->shape.line_rows = network->node[0].width;
    frame->plane_room = (size_t)frame->shape.n_rows * frame->shape.n_channels;
    frame->count = sq_arena_alloc(arena, frame->plane_room, sizeof *frame->count);
    frame->spikes.event =
        sq_arena_alloc(arena, SQ_COUNT_PLANES * frame->plane_room, sizeof *frame->spikes.event);
    frame->spikes.begin = sq_arena_alloc(arena, SQ_COUNT_PLANES * ((size_t)frame->shape.n_rows + 1),
                                         sizeof *frame->spikes.begin);
    return frame->count != NULL && frame->spikes.event != NULL && frame->spikes.begin != NULL;
}

/* The pixels as integers; 0 if one of them is no count. */
static int count_pixels(uint32_t *count, const float *pixels, size_t n)
{
    int are_counts = 1;
    for (size_t i = 0; i < n; i++) {
        are_counts &= sq_is_count(pixels[i]);
        count[i] = sq_is_count(pixels[i]) ? (uint32_t)pixels[i] : 0;
    }
    return are_counts;
}

/* Planes that hold a bit of any of n integers; at least one. */
static uint32_t planes_of(const uint32_t *count, size_t n)
{
    uint32_t any = 1;
    for (size_t i = 0; i < n; i++)
        any |= count[i];
    return 32 - (uint32_t)__builtin_clz(any);
}

int sq_frame_events_list(struct sq_frame_events *frame, const float *pixels, const int16_t *whole)
{
    const size_t n = frame->plane_room;
    if (!count_pixels(frame->count, pixels, n))
        return 0;
    for (size_t i = 0; whole != NULL && i < n; i++)
        frame->count[i] = (uint32_t)whole[i];
    frame->shape.n_planes = planes_of(frame->count, n);
    sq_list_counts(frame->spikes.event, n, frame->spikes.begin, frame->count, &frame->shape);
    return 1;
}
