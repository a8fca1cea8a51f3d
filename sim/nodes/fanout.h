/* Fan-outs of kernels: how many taps an input pixel really has (padding excluded). */
#ifndef SQ_FANOUT_H
#define SQ_FANOUT_H

#include "kernels/pack/spikes.h"
#include "sim/network/network.h"

#include <stdint.h>

/* Sum over all events of one plane of the taps of their pixel. begin [height * width + 1] (spikes.h). */
uint64_t sq_fanout_events(const uint32_t *begin, const struct sq_taps *taps);

/* Is a pixel a count of events: a whole number in 0 .. 2^24? */
static inline int sq_is_count(float pixel)
{
    return pixel >= 0 && pixel <= 0x1p24f && pixel == (float)(int32_t)pixel;
}

struct sq_fanout {
    uint64_t nonzeros, fanout;
    uint64_t unit_fanout; /* sum of value * taps; 0 unless is_counts */
    int is_counts;        /* every pixel is one (sq_is_count) */
};

/* The same for the bit rows of a packet, of spikes or counts. */
struct sq_fanout sq_fanout_counts(const struct sq_spikes *in, const struct sq_spike_shape *shape,
                                  const struct sq_taps *taps);

/* And for analog pixels [height][width][channels]. */
struct sq_fanout sq_fanout_pixels(const float *pixels, const struct sq_taps *taps,
                                  uint32_t channels);

#endif
