#include "sim/nodes/pixel_events.h"

#include "kernels/accumulate/accumulate.h"
#include "kernels/base/block.h"
#include "sim/nodes/fanout.h"

int sq_pixel_events_alloc(struct sq_arena *arena, const struct sq_network *network,
                          struct sq_pixel_events *frame)
{
    const struct sq_node *input = &network->node[0];
    const size_t n = (size_t)input->shape.n_rows * input->shape.n_channels;
    if (!sq_network_takes_events(network))
        return 1;
    if (n > UINT32_MAX / SQ_COUNT_PLANES)
        return 0;
    frame->plane_room = n;
    frame->shape = (struct sq_count_shape){input->height, input->width, input->shape.n_channels, 1};
    frame->count = sq_arena_alloc(arena, n, sizeof *frame->count);
    frame->event = sq_arena_alloc(arena, SQ_COUNT_PLANES * n, sizeof *frame->event);
    frame->begin =
        sq_arena_alloc(arena, SQ_COUNT_PLANES * ((size_t)input->height + 1), sizeof *frame->begin);
    frame->sum = sq_arena_alloc(arena, ((size_t)input->width + 2) * SQ_BLOCK_WIDTH, sizeof(float));
    return frame->count != NULL && frame->event != NULL && frame->begin != NULL &&
           frame->sum != NULL;
}

/* The pixels as integers; 0 if one of them is not a count. */
static int count_pixels(uint32_t *count, const float *pixels, size_t n)
{
    int are_counts = 1;
    for (size_t i = 0; i < n; i++) {
        const int is_count = sq_is_count(pixels[i]);
        are_counts &= is_count;
        count[i] = is_count ? (uint32_t)pixels[i] : 0;
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

int sq_pixel_events_list(struct sq_pixel_events *frame, const float *pixels, const int16_t *whole)
{
    const size_t n = frame->plane_room;
    if (!count_pixels(frame->count, pixels, n))
        return 0;
    for (size_t i = 0; whole != NULL && i < n; i++)
        frame->count[i] = (uint32_t)whole[i];
    frame->shape.n_planes = planes_of(frame->count, n);
    sq_list_counts(frame->event, n, frame->begin, frame->count, &frame->shape);
    return 1;
}

/* The events of a plane that kernel line ky meets from output line y. */
static struct sq_spread_span run_of(const struct sq_pixel_events *frame, uint32_t plane, uint32_t y,
                                    uint32_t ky)
{
    const struct sq_count_shape *shape = &frame->shape;
    struct sq_spread_span span = {.first = 3 * ky * shape->n_channels};
    if (y + ky < 1 || y + ky > shape->height)
        return span;
    const uint32_t *begin = frame->begin + plane * ((size_t)shape->height + 1) + y + ky - 1;
    span.event = frame->event + begin[0];
    span.n_events = begin[1] - begin[0];
    return span;
}

size_t sq_pixel_events_spans(struct sq_pixel_events *frame, uint32_t y)
{
    size_t n = 0;
    for (uint32_t plane = frame->shape.n_planes; plane-- > 0;) {
        const size_t first = n;
        for (uint32_t ky = 0; ky < 3; ky++)
            frame->span[n++] = run_of(frame, plane, y, ky);
        frame->span[first].twice = first > 0;
        if (first == 0 &&
            frame->span[0].n_events + frame->span[1].n_events + frame->span[2].n_events == 0)
            n = 0; /* nothing yet that could be doubled */
    }
    return n;
}
