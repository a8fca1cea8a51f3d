/* Event counts -> event lists: bit p of a count is one event of weight 2^p, on plane p. What a
 * camera's frame holds becomes spikes without anything being multiplied. */
#ifndef SQ_PACK_COUNTS_H
#define SQ_PACK_COUNTS_H

#include "kernels/pack/spikes.h"

enum { SQ_COUNT_PLANES = 25 }; /* most that a list may have: counts up to 2^24 */

/* Write the event lists of all planes (see spikes.h, invariants 2 and 3); bit rows are not written.
 *   event   [n_planes][plane_room]: plane p's events start at p * plane_room
 *   plane_room   n_rows * n_channels, or more
 *   begin   [n_planes][n_rows + 1]
 *   count   [n_rows][n_channels], each below 2^n_planes; 1 <= n_planes <= SQ_COUNT_PLANES
 * Cost: one step per element, one per plane and row, one per event. Cannot fail, allocates
 * nothing. */
void sq_list_counts(uint16_t *event, size_t plane_room, uint32_t *begin, const uint32_t *count,
                    const struct sq_spike_shape *shape);

#endif
