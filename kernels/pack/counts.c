#include "kernels/pack/counts.h"

#include <assert.h>

/* The events of one element, on each plane behind those that are there. */
static inline void list_count(uint16_t *event, uint32_t at[SQ_COUNT_PLANES], uint32_t count,
                              uint16_t number)
{
    for (; count != 0; count &= count - 1)
        event[at[__builtin_ctz(count)]++] = number;
}

/* Row r of every plane starts, or ends, here. */
static inline void mark_row(uint32_t *begin, size_t plane_rows, const uint32_t at[SQ_COUNT_PLANES],
                            uint32_t n_planes)
{
    for (uint32_t p = 0; p < n_planes; p++, begin += plane_rows)
        *begin = at[p];
}

void sq_list_counts(uint16_t *event, size_t plane_room, uint32_t *begin, const uint32_t *count,
                    const struct sq_spike_shape *shape)
{
    assert(shape->n_planes >= 1 && shape->n_planes <= SQ_COUNT_PLANES);
    const size_t plane_rows = (size_t)shape->n_rows + 1;
    uint32_t at[SQ_COUNT_PLANES] = {0};
    for (uint32_t p = 1; p < shape->n_planes; p++)
        at[p] = at[p - 1] + (uint32_t)plane_room;
    uint16_t number = 0;
    for (uint32_t r = 0, in_line = 0; r < shape->n_rows; r++) {
        mark_row(begin + r, plane_rows, at, shape->n_planes);
        for (uint32_t c = 0; c < shape->n_channels; c++)
            list_count(event, at, *count++, number++);
        if (++in_line == shape->line_rows)
            in_line = number = 0;
    }
    mark_row(begin + shape->n_rows, plane_rows, at, shape->n_planes);
}
