/* Accumulate: the one synaptic kernel. Linear, 1x1 and 3x3 convolution are all this kernel.
 *
 * For each row (a token, or an output pixel) and each event of the row, the event's weight row is added to the
 * row's sums: one addition per synaptic operation (SOP), and no multiplication, not even for an address (shifts
 * and additions only).
 *
 * Weights are packed [strips][n_in + 1][16]: a strip is 16 outputs, and its last row adds nothing to any sum
 * (-0.0, or 0 of integers). So a strip of several hundred inputs stays in the first-level cache while all rows of
 * a group meet it.
 *
 * Rows pass in quads (quads.h): four that meet about equally many events, whose lists are as long as the longest,
 * filled up with the row that adds nothing. So a row's sums stay in registers, four chains of additions hide each
 * other's latency, and the end of a list can be foretold.
 *
 * Order of additions, the same in every variant and for every tile size: an output's additions follow its row's
 * events in the order given. The vector variants run across outputs and rows and never across events, so each sum
 * is one chain and all variants agree bit for bit. */
#ifndef SQ_ACCUMULATE_H
#define SQ_ACCUMULATE_H

#include <stddef.h>
#include <stdint.h>

/* Outputs of a block, whose sums and neurons are neighbours; outputs of a strip; rows of a quad. */
enum { SQ_BLOCK_WIDTH = 64, SQ_LANES = 16, SQ_QUAD = 4 };

/* Four rows. */
struct sq_quad {
    uint32_t n_events; /* of each of them */
    uint16_t row[SQ_QUAD];
};

/* Rows of a group, and what they meet of some weight rows. */
struct sq_quads {
    const struct sq_quad *quad;
    size_t n;
    const uint16_t *event; /* weight rows: of one quad after the other, [n_events][SQ_QUAD], */
    int is_scaled; /* times SQ_EVENT_SCALE: an address is then a load and an addition away */
};
enum { SQ_EVENT_SHIFT = 3, SQ_EVENT_SCALE = 1 << SQ_EVENT_SHIFT };

/* What a row's sums begin with. */
enum sq_sums_from {
    SQ_FROM_ZERO,  /* 0: acc is only written */
    SQ_FROM_SUMS,  /* acc */
    SQ_FROM_TWICE, /* acc + acc: the next lower bit plane of a count */
};

/* Weights that will be read next: lines of 64 bytes that are fetched into the second-level cache, some with
 * each quad, while other weights are added. Rows meet them in no order that a processor could foresee. */
struct sq_ahead {
    const char *at;
    size_t n_lines, lines_a_quad;
};

static const struct sq_ahead SQ_NOTHING_AHEAD = {NULL, 0, 0};

/* acc[r][j] += w[event][j] for every event of every row r of the quads, j < 16.
 *   acc    the strip's columns of [rows][width]: row r begins at acc + r * width; 64-byte aligned
 *   width  of a row of acc: 16, 32, 48 or 64
 *   w      the weight row that events count from, of [][16]; 64-byte aligned
 *   ahead  not NULL; no sum depends on it. Of floats alone: integers are a quarter as many bytes, which
 *          are read in their order when they are widened
 * A row that quads name more than once must be one whose sums nobody reads. Cannot fail, allocates nothing. Cost:
 * 16 additions an event, plus a load and a store of a row's 16 sums. */
typedef void sq_accumulate_f32_fn(float *acc, size_t width, const float *w,
                                  const struct sq_quads *quads, enum sq_sums_from from,
                                  const struct sq_ahead *ahead);

/* The same in integers: weights of 8 bits into sums of 16, weights of 16 bits into sums of 32. No sum overflows:
 * packing the weights has proven that the sum of their magnitudes times the largest input fits
 * (sim/network/fixed.h). */
typedef void sq_accumulate_i8_fn(int16_t *acc, size_t width, const int8_t *w,
                                 const struct sq_quads *quads, enum sq_sums_from from);
typedef void sq_accumulate_i16_fn(int32_t *acc, size_t width, const int16_t *w,
                                  const struct sq_quads *quads, enum sq_sums_from from);

/* Weights of 8 bits that a tile holds as 16: they meet many rows there, and each event is spared the
 * widening. The same sums as sq_accumulate_i8_fn's, of two strips at once.
 *   acc     width 32 or 64
 *   tile    [][SQ_TILE_COLUMNS], 64-byte aligned */
enum { SQ_TILE_COLUMNS = 32 };
typedef void sq_accumulate_tile_fn(int16_t *acc, size_t width, const int16_t *tile,
                                   const struct sq_quads *quads, enum sq_sums_from from);

/* Make such a tile: tile[i][j] = w[i][j] and tile[i][16 + j] = other[i][j], i < n_rows.
 *   w, other   [n_rows][16], 16-byte aligned; other NULL: zeros */
typedef void sq_widen_i8_fn(int16_t *tile, const int8_t *w, const int8_t *other, size_t n_rows);

/* Sums of a tile of at most SQ_TILE_SUM_ROWS weight rows of 8 bits fit 16 bits, whatever the weights; sums
 * of a layer need not: they are kept in 32. acc[i] = part[i], acc[i] + part[i], or acc[i] + acc[i] + part[i].
 * n elements, both 64-byte aligned. */
enum { SQ_TILE_SUM_ROWS = 256 };
typedef void sq_add_tile_fn(int32_t *acc, const int16_t *part, size_t n, enum sq_sums_from from);

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
