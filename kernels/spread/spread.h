/* Spread: a 3x3 convolution of few channels, event by event. Each event adds weight rows to the
 * outputs that its pixel reaches; pixels without events cost nothing. kernels/accumulate takes the
 * other way, from the output to its events, which pays where events are many and channels wide.
 *
 * Nothing is multiplied, not even for an address. An output's additions are those of
 * kernels/accumulate in the same order: spans in the order given; within a span, events ascending
 * by pixel, then channel, which for an output is taps left to right, channels ascending. Vectors
 * run across outputs, so all variants agree bit for bit. */
#ifndef SQ_SPREAD_H
#define SQ_SPREAD_H

#include "kernels/base/pixel_event.h"

#include <stddef.h>

/* The events of one input line, under one of the three lines of the kernel. */
struct sq_spread_span {
    const struct sq_pixel_event
        *event; /* ascending by pixel, then channel; NULL if there is none */
    uint32_t n_events;
    uint32_t first; /* weight row of the kernel line's left tap, channel 0: 3 * n_channels * ky */
    uint32_t twice; /* not 0: before the span, add every sum to itself (next lower bit plane) */
};

/* sum = the sums of one output line: 0, then every span.
 *   sum     [n_pixels + 2][width], 64-byte aligned; pixel x at x + 1, the two ends are discarded
 *   w       [9 * n_channels][width], tap by tap, 64-byte aligned; one block of outputs
 *   width   16, 32, 48 or 64 outputs
 *   span    [n_spans], pixels below n_pixels and channels below n_channels
 * Cannot fail, allocates nothing. Cost: 3 * width additions an event of a span. */
typedef void sq_spread_f32_fn(float *sum, const float *w, size_t width, size_t n_channels,
                              size_t n_pixels, const struct sq_spread_span *span, size_t n_spans);

/* The same in integers: weights of 16 bits, sums of 32. No sum overflows: packing the weights
 * has proven it (sim/network/fixed.h). */
typedef void sq_spread_i16_fn(int32_t *sum, const int16_t *w, size_t width, size_t n_channels,
                              size_t n_pixels, const struct sq_spread_span *span, size_t n_spans);

#define SQ_VARIANT(isa, needs)            \
    sq_spread_f32_fn sq_spread_f32_##isa; \
    sq_spread_i16_fn sq_spread_i16_##isa;
#include "kernels/spread/spread.inc"
#undef SQ_VARIANT

#endif
