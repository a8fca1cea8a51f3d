/* Spans: which events meet which weight rows, laid out for kernels/accumulate.
 *
 * The order of additions of every output is fixed here and nowhere else (docs/numerics.md):
 *   linear        bit planes from high to low, doubling in between; in a plane channels ascending
 *   kernels       the same planes; in a plane kernel lines top to bottom, taps left to right, channels
 *                 ascending
 * Tiles cut that order into steps and never change it. */
#ifndef SQ_SPANS_H
#define SQ_SPANS_H

#include "kernels/accumulate/accumulate.h"
#include "kernels/pack/spikes.h"

#include <stddef.h>
#include <stdint.h>

/* Consecutive output rows of one timestep whose currents are computed together. */
struct sq_strip {
    const struct sq_spikes *in;
    uint32_t t, row, n_rows;
};

/* A group of strips and its spans: step s is span[s][row of the group][n_spans]. A step is one tile
 * of weights through which all rows of the group pass. */
struct sq_span_plan {
    struct sq_span *span; /* caller's scratch, sq_span_capacity() entries */
    uint32_t n_steps, n_spans, n_rows;
};

/* A kernel over a grid of inputs. */
struct sq_kernel_grid {
    uint32_t height, width; /* of the input */
    uint32_t out_width;
    uint32_t kernel, stride, padding;
};

/* Entries that a plan of n_rows rows of a linear layer can need; those of a kernel. */
size_t sq_span_capacity(size_t n_rows, uint32_t n_in, uint32_t n_planes);
size_t sq_span_capacity_kernel(size_t n_rows, uint32_t kernel, uint32_t n_planes);

/* Spans of a linear layer: `tile` weight rows a step (sq_accumulate_tile()). */
void sq_spans_linear(struct sq_span_plan *plan, const struct sq_strip *strip, size_t n_strips,
                     const struct sq_spike_shape *in, size_t tile);

/* Spans of a convolution. The input's events are listed by lines of the grid, or, where the kernel is
 * one tap wide, by rows. */
void sq_spans_kernel(struct sq_span_plan *plan, const struct sq_strip *strip, size_t n_strips,
                     const struct sq_spike_shape *in, const struct sq_kernel_grid *grid);

#endif
