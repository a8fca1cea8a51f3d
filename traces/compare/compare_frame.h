/* Two frames of one population, element by element. */
#ifndef SQ_COMPARE_FRAME_H
#define SQ_COMPARE_FRAME_H

#include "traces/format/trace.h"

/* Neurons that fire in just one of two frames.
 *   a, b    bit rows [n_rows][ceil(n_channels / 64)]
 *   first   the first of them, row * n_channels + channel; written if there is one */
uint64_t sq_compare_bits(const struct sq_trace_population *population, const uint64_t *a,
                         const uint64_t *b, uint64_t *first);

/* Does that element fire, 1 or 0? */
uint64_t sq_spike_at(const struct sq_trace_population *population, const uint64_t *bits,
                     uint64_t element);

/* Elements that differ between two arrays of whole numbers, [n] each; as above. */
uint64_t sq_compare_values(size_t n, const uint16_t *a, const uint16_t *b, uint64_t *first);

#endif
