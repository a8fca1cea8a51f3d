/* A spike set: what one population sends at one timestep of one sample.
 *
 * Held in the two forms that its readers need: bit rows (pooling, attention, residual adds) and
 * ascending event lists (synapses). Rows are tokens, or pixels in row-major order; a row holds
 * the channels. A residual stream carries small integers: bit plane p holds bit p of every value.
 *
 * Invariants
 *  1. bits is [n_planes][n_rows][n_words]; bits past the last channel of a row are zero.
 *  2. The events of row r on plane p are event[begin[p * (n_rows + 1) + r]] up to, but without,
 *     event[begin[p * (n_rows + 1) + r + 1]], in ascending order of channel, no duplicates.
 *  3. An event's number is its position in its line, modulo 65536: position = (r mod line_rows) *
 *     n_channels + channel. A line is one image row (line_rows = width) where a 3x3 convolution
 *     reads the set, so that the events of three neighbouring pixels are one contiguous list;
 *     it is one row (line_rows = 1) where a linear layer reads it. */
#ifndef SQ_PACK_SPIKES_H
#define SQ_PACK_SPIKES_H

#include <stddef.h>
#include <stdint.h>

enum { SQ_MAX_PLANES = 32 };

struct sq_spike_shape {
    uint32_t n_rows;
    uint32_t n_channels;
    uint32_t n_words; /* of a row: ceil(n_channels / 64) */
    uint32_t n_planes;
    uint32_t line_rows;
};

struct sq_spikes {
    uint64_t *bits;
    uint16_t *event; /* room for n_planes * n_rows * n_channels; NULL: no synapse reads lists */
    uint32_t *begin; /* [n_planes][n_rows + 1]; NULL together with event */
};

/* Words of one plane. */
static inline size_t sq_plane_words(const struct sq_spike_shape *shape)
{
    return (size_t)shape->n_rows * shape->n_words;
}

#endif
