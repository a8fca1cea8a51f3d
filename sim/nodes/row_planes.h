/* Bit planes of a packet, word by word of a row: what counts of events and of live synapses share. */
#ifndef SQ_ROW_PLANES_H
#define SQ_ROW_PLANES_H

#include "kernels/pack/spikes.h"

/* Word w of row r of the plane that is worth 2^plane: channels 64 w .. 64 w + 63. */
static inline uint64_t sq_row_word(const struct sq_spikes *in, const struct sq_spike_shape *shape,
                                   size_t r, uint32_t w, uint32_t plane)
{
    return in->bits[plane * sq_plane_words(shape) + r * shape->n_words + w];
}

/* The channels of that word whose value is not 0.
 *   units   the sum of their values is added to it */
static inline uint64_t sq_row_nonzeros(const struct sq_spikes *in,
                                       const struct sq_spike_shape *shape, size_t r, uint32_t w,
                                       uint64_t *units)
{
    uint64_t any = 0;
    for (uint32_t p = 0; p < shape->n_planes; p++) {
        const uint64_t word = sq_row_word(in, shape, r, w, p);
        any |= word;
        *units += (uint64_t)__builtin_popcountll(word) << p;
    }
    return any;
}

#endif
