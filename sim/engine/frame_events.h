/* Frames of an event camera as events: a frame of whole counts enters the first convolution as
 * spikes on bit planes, as the integers of a residual stream enter a linear layer. Nothing is
 * multiplied: planes go from high to low, and the sum is doubled in between. */
#ifndef SQ_FRAME_EVENTS_H
#define SQ_FRAME_EVENTS_H

#include "kernels/base/arena.h"
#include "kernels/pack/spikes.h"
#include "sim/network/network.h"

/* The event lists of one frame; of a worker thread. */
struct sq_frame_events {
    uint32_t *count;             /* [rows][channels] */
    struct sq_spikes spikes;     /* lists alone, no bit rows */
    struct sq_spike_shape shape; /* n_planes is that of the frame at hand */
    size_t plane_room;           /* elements of a frame */
};

/* Does the network take frames of a camera, so that its input may be counts? */
int sq_network_takes_events(const struct sq_network *network);

/* Room for one frame of such a network, nothing for others. 0: out of memory. */
int sq_frame_events_alloc(struct sq_arena *arena, const struct sq_network *network,
                          struct sq_frame_events *frame);

/* List a frame's events, if every pixel is a whole number in 0 .. 2^24; else return 0.
 *   pixels   [rows][channels], as the first convolution reads them
 *   whole    the same in fixed point: these integers are listed, or NULL: the pixels are */
int sq_frame_events_list(struct sq_frame_events *frame, const float *pixels, const int16_t *whole);

#endif
