#include "kernels/pack/counts.h"

#include <assert.h>

/* The line of every plane starts, or ends, here. */
static void mark_line(uint32_t *begin, size_t plane_lines, const uint32_t at[SQ_COUNT_PLANES],
                      uint32_t n_planes)
{
    for (uint32_t p = 0; p < n_planes; p++, begin += plane_lines)
        *begin = at[p];
}

/* The events of one line, on each plane behind those that are there. */
static const uint32_t *list_line(struct sq_pixel_event *event, uint32_t at[SQ_COUNT_PLANES],
                                 const uint32_t *count, const struct sq_count_shape *shape)
{
    for (uint32_t x = 0; x < shape->width; x++)
        for (uint32_t c = 0; c < shape->n_channels; c++)
            for (uint32_t left = *count++; left != 0; left &= left - 1)
                event[at[__builtin_ctz(left)]++] =
                    (struct sq_pixel_event){(uint16_t)x, (uint16_t)c};
    return count;
}

void sq_list_counts(struct sq_pixel_event *event, size_t plane_room, uint32_t *begin,
                    const uint32_t *count, const struct sq_count_shape *shape)
{
    assert(shape->n_planes >= 1 && shape->n_planes <= SQ_COUNT_PLANES);
    const size_t plane_lines = (size_t)shape->height + 1;
    uint32_t at[SQ_COUNT_PLANES] = {0};
    for (uint32_t p = 1; p < shape->n_planes; p++)
        at[p] = at[p - 1] + (uint32_t)plane_room;
    for (uint32_t y = 0; y < shape->height; y++) {
        mark_line(begin + y, plane_lines, at, shape->n_planes);
        count = list_line(event, at, count, shape);
    }
    mark_line(begin + shape->height, plane_lines, at, shape->n_planes);
}
