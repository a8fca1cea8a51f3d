/* Spans: which events meet which weight rows, laid out in quads for kernels/accumulate.
 *
 * The order of additions of every output is fixed here and nowhere else (docs/numerics.md): bit planes
 * from high to low, doubling in between; in a plane kernel lines top to bottom, taps left to right,
 * channels ascending. A linear layer is a kernel of one tap. Tiles divide that order into steps and never
 * change it. */
#ifndef SQ_SPANS_H
#define SQ_SPANS_H

#include "kernels/accumulate/quads.h"
#include "kernels/pack/spikes.h"
#include "sim/nodes/tiling.h"

#include <stddef.h>
#include <stdint.h>

/* Consecutive output rows of one timestep whose currents are computed together. */
struct sq_strip {
    const struct sq_spikes *in;
    uint32_t t, row, n_rows;
};

/* Weight rows of a step at most, of a layer of more than 65535 inputs. */
enum { SQ_FAR_ROWS = 1 << 14 };

/* One pass of all rows of a group through some of the weights. Weight rows count from first_row on. */
struct sq_span_step {
    struct sq_span *span; /* [row of the group][n_spans] */
    uint32_t n_spans;
    uint32_t first_row, n_weight_rows;
    uint16_t pad; /* the weight row that adds nothing */
    int is_far; /* it is not in the strip, where it is too far off, but is to be put behind these weight rows */
    enum sq_sums_from from; /* what sums begin with: of all rows the same */
    double events;          /* of all spans, on average and but for the border */
    struct sq_quads quads;  /* the same spans */
};

/* A group of strips and its steps. */
struct sq_span_plan {
    struct sq_span *span;      /* caller's scratch, sq_span_capacity() entries, */
    struct sq_span_step *step; /* and sq_step_capacity() */
    struct sq_quad_room
        room; /* for sq_step_capacity() times sq_quad_count() quads and sq_span_events() events */
    uint32_t n_steps, n_rows;
};

/* A kernel over a grid of inputs. */
struct sq_kernel_grid {
    uint32_t height, width; /* of the input */
    uint32_t out_width;
    uint32_t kernel, stride, padding;
};

/* Entries that a plan of n_rows rows can need. */
size_t sq_span_capacity(size_t n_rows, uint32_t kernel, uint32_t channels, uint32_t n_planes);
size_t sq_step_capacity(uint32_t kernel, uint32_t channels, uint32_t n_planes);
size_t sq_span_events(size_t n_rows, uint32_t kernel, uint32_t channels, uint32_t n_planes);

/* How planes are tiled. */
struct sq_tiling_choice {
    const struct sq_forced_tilings *forced; /* NULL or none: each by its events and what follows */
    const struct sq_cpu *cpu;
    size_t row_bytes; /* of a weight row of one strip, or tile of two */
    double step_cost; /* see tiling.h */
    int sums_apart; /* a step's sums are made by themselves and added then: its quads name every row */
    uint32_t most_rows; /* weight rows of a step at most: so much fits a tile's sums; 0: no limit */
};

/* Plan a group of strips. The input's events are listed by lines of the grid, or, where the kernel is
 * one tap wide, by rows. */
void sq_spans_plan(struct sq_span_plan *plan, const struct sq_strip *strip, size_t n_strips,
                   const struct sq_spike_shape *in, const struct sq_kernel_grid *grid,
                   const struct sq_tiling_choice *choice);

#endif
