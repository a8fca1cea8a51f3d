/* Accumulate: the one synaptic kernel. Linear, 1x1 and 3x3 convolution are all this kernel.
 *
 * For each row (a token, or an output pixel) and each event in the row's spans, the event's weight
 * row is added to the row's accumulators: one addition per synaptic operation (SOP), and no
 * multiplication, not even for an address (shifts and additions only).
 *
 * Weights are packed [blocks][n_in][width]: a block is `width` outputs (16, 32, 48 or 64; all
 * blocks of a layer but the last are 64 wide). The kernel sees one block.
 *
 * Order of additions, the same in every variant and for every tile size: an output's additions
 * follow its row's spans in the order given, and within a span the events in the order given. The
 * vector variants run across outputs and never across events, so each accumulator is one chain
 * and all variants agree bit for bit. */
#ifndef SQ_ACCUMULATE_H
#define SQ_ACCUMULATE_H

#include <stddef.h>
#include <stdint.h>

enum { SQ_BLOCK_WIDTH = 64, SQ_LANES = 16 };

/* Events of one row that share a stretch of weight rows. The weight row of event e is
 * first + (uint16_t)(e - base): for a linear layer base = first = 0; for kernel line ky of a 3x3
 * convolution at column x, base = (x - 1) * C modulo 65536 and first = 3 * ky * C. */
struct sq_span {
    const uint16_t *event;
    uint32_t n_events;
    uint32_t first;
    uint16_t base;
    uint16_t twice; /* not 0: before the span, add every accumulator to itself (next lower plane) */
};

/* Weights that will be read next: lines of 64 bytes that are fetched into the second-level cache, some with
 * each row, while other weights are added. Rows meet them in no order that a processor could foresee. */
struct sq_ahead {
    const char *at;
    size_t n_lines, lines_a_row;
};

static const struct sq_ahead SQ_NOTHING_AHEAD = {NULL, 0, 0};

/* acc[r][j] += w[event's weight row][j] for every event of every span of row r.
 *   acc    [n_rows][width], 64-byte aligned
 *   w      [n_in][width], 64-byte aligned
 *   width  16, 32, 48 or 64
 *   span   [n_rows][n_spans]; a span may be empty (n_events = 0, event may then be NULL)
 *   from_zero   not 0: sums begin at 0 and acc is only written
 *   ahead       not NULL; no sum depends on it. Of floats alone: integers are a quarter as many bytes, which
 *               are read in their order when they are widened
 * Cannot fail, allocates nothing. Cost: width additions an event, plus a load and a store of the
 * accumulators a row. */
typedef void sq_accumulate_f32_fn(float *acc, const float *w, size_t width,
                                  const struct sq_span *span, size_t n_rows, size_t n_spans,
                                  int from_zero, const struct sq_ahead *ahead);

/* The same in integers: weights of 8 bits into accumulators of 16, weights of 16 bits into
 * accumulators of 32. No sum overflows: packing the weights has proven that the sum of their
 * magnitudes times the largest input fits (sim/network/fixed.h). */
typedef void sq_accumulate_i8_fn(int16_t *acc, const int8_t *w, size_t width,
                                 const struct sq_span *span, size_t n_rows, size_t n_spans,
                                 int from_zero);
typedef void sq_accumulate_i16_fn(int32_t *acc, const int16_t *w, size_t width,
                                  const struct sq_span *span, size_t n_rows, size_t n_spans,
                                  int from_zero);

/* Weights of 8 bits that a tile holds as 16: they meet many rows there, and each event is spared the
 * widening. The same sums as sq_accumulate_i8_fn's. */
typedef void sq_accumulate_tile_fn(int16_t *acc, const int16_t *w, size_t width,
                                   const struct sq_span *span, size_t n_rows, size_t n_spans,
                                   int from_zero);

/* out[i] = w[i], i < n; both 64-byte aligned. */
typedef void sq_widen_i8_fn(int16_t *out, const int8_t *w, size_t n);

/* Where a tile's sums go. */
enum sq_tile_place {
    SQ_TILE_FIRST,         /* acc[i] = part[i] */
    SQ_TILE_NEXT,          /* acc[i] += part[i] */
    SQ_TILE_OF_NEXT_PLANE, /* acc[i] = 2 acc[i] + part[i], by additions */
};

/* Sums of a tile of at most SQ_TILE_SUM_ROWS weight rows of 8 bits fit 16 bits, whatever the weights; sums
 * of a layer need not: they are kept in 32. n elements, both 64-byte aligned. */
enum { SQ_TILE_SUM_ROWS = 256 };
typedef void sq_add_tile_fn(int32_t *acc, const int16_t *part, size_t n, enum sq_tile_place place);

#define SQ_VARIANT(isa, needs)                      \
    sq_accumulate_f32_fn sq_accumulate_f32_##isa;   \
    sq_accumulate_i8_fn sq_accumulate_i8_##isa;     \
    sq_accumulate_i16_fn sq_accumulate_i16_##isa;   \
    sq_accumulate_tile_fn sq_accumulate_tile_##isa; \
    sq_widen_i8_fn sq_widen_i8_##isa;               \
    sq_add_tile_fn sq_add_tile_##isa;
#include "kernels/accumulate/accumulate.inc"
#undef SQ_VARIANT

/* Width of block `block` of a layer of `n_out` outputs: 64, or for the last block what remains
 * rounded up to whole lanes of 16. */
static inline size_t sq_block_width(size_t n_out, size_t block)
{
    const size_t left = n_out - (block << 6);
    return left >= SQ_BLOCK_WIDTH ? SQ_BLOCK_WIDTH
                                  : (left + SQ_LANES - 1) & ~(size_t)(SQ_LANES - 1);
}

/* Columns of all blocks of a layer of `n_out` outputs together: whole lanes of 16. */
static inline size_t sq_packed_columns(size_t n_out)
{
    return (n_out + SQ_LANES - 1) & ~(size_t)(SQ_LANES - 1);
}

#endif
