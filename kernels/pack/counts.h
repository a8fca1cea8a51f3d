/* Event counts -> event lists: bit p of a count is one event of weight 2^p, on plane p. What a
 * camera's frame holds becomes events without anything being multiplied. */
#ifndef SQ_PACK_COUNTS_H
#define SQ_PACK_COUNTS_H

#include "kernels/base/pixel_event.h"

#include <stddef.h>

enum { SQ_COUNT_PLANES = 25 }; /* most that there may be: counts up to 2^24 */

struct sq_count_shape {
    uint32_t height, width, n_channels;
    uint32_t n_planes; /* 1 .. SQ_COUNT_PLANES */
};

/* List all planes, line by line; in a line ascending by pixel, then channel.
 *   event        [n_planes][plane_room]: plane p's events start at p * plane_room
 *   plane_room   height * width * n_channels, or more
 *   begin        [n_planes][height + 1]: line y of plane p is event[begin[p * (height + 1) + y]] up
 *                to, but without, event[begin[p * (height + 1) + y + 1]]
 *   count        [height][width][n_channels], each below 2^n_planes
 * Cost: one step per element, one per event. Cannot fail, allocates nothing. */
void sq_list_counts(struct sq_pixel_event *event, size_t plane_room, uint32_t *begin,
                    const uint32_t *count, const struct sq_count_shape *shape);

#endif
