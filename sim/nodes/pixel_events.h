/* Frames of an event camera as events: a frame of whole counts enters the first convolution as
 * events on bit planes, as the integers of a residual stream enter a linear layer. Nothing is
 * multiplied: planes go from high to low, and the sums are doubled in between. */
#ifndef SQ_PIXEL_EVENTS_H
#define SQ_PIXEL_EVENTS_H

#include "kernels/base/arena.h"
#include "kernels/pack/counts.h"
#include "kernels/spread/spread.h"
#include "sim/network/network.h"

enum { SQ_MAX_SPREAD_RUNS = 3 * SQ_COUNT_PLANES };

/* The event lists of one frame, and what one output line needs; of a worker thread. */
struct sq_pixel_events {
    struct sq_count_shape shape; /* n_planes is that of the frame at hand */
    size_t plane_room;           /* elements of a frame */
    uint32_t *count;             /* [height][width][channels] */
    struct sq_pixel_event *event;
    uint32_t *begin;
    void *sum; /* [width + 2][64], of four bytes each */
    struct sq_spread_span span[SQ_MAX_SPREAD_RUNS];
};

/* Room for one frame of a network that takes frames, nothing for others. 0: out of memory. */
int sq_pixel_events_alloc(struct sq_arena *arena, const struct sq_network *network,
                          struct sq_pixel_events *frame);

/* List a frame's events, if every pixel is a whole number in 0 .. 2^24; else return 0.
 *   pixels   [height][width][channels], as the first convolution reads them
 *   whole    the same in fixed point: these integers are listed; or NULL: the pixels are */
int sq_pixel_events_list(struct sq_pixel_events *frame, const float *pixels, const int16_t *whole);

/* The spans of output line y into frame->span, how many is returned: bit planes from high to low,
 * kernel lines top to bottom (docs/numerics.md). None where no event reaches the line. */
size_t sq_pixel_events_spans(struct sq_pixel_events *frame, uint32_t y);

#endif
