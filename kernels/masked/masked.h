/* Masked: grouped and depthwise convolution of spikes. There every output has inputs of its own, so
 * a tap of the window brings one bit an output, not one event for all of them.
 *
 * For each row (an output pixel) and each tap, the tap's weight row is added to the accumulators whose
 * bit is set: one addition per synaptic operation (SOP), and no multiplication, not even for an
 * address.
 *
 * A depthwise 3x3 convolution has nine taps: word t of a row is the word of the block's channels of
 * the t-th pixel of the window, 0 where that lies outside. A grouped one has a tap for every input
 * channel of a group and pixel of the window: word t holds, for each output, the bit of its group's
 * input.
 *
 * Order of additions, the same in every variant: taps ascending. Vectors run across outputs and never
 * along a sum, so all variants agree bit for bit. */
#ifndef SQ_MASKED_H
#define SQ_MASKED_H

#include <stddef.h>
#include <stdint.h>

/* For each row r: if `twice`, acc[r][j] += acc[r][j] (the next lower bit plane); then for t ascending,
 *   acc[r][j] += w[t][j] where bit j of word[r][t] is set.
 *   acc    [n_rows][width], 64-byte aligned; none is -0. An accumulator that starts as +0 never
 *          becomes -0: in rounding to nearest a sum is -0 only if both terms are
 *   w      [n_taps][width], 64-byte aligned; any zero
 *   width  16, 32, 48 or 64
 *   word   [n_rows][n_taps]; bits from `width` on are ignored
 * Cannot fail, allocates nothing. Cost: width additions a word that is not 0, plus a load and a store
 * of the accumulators a row. */
typedef void sq_masked_f32_fn(float *acc, const float *w, size_t width, const uint64_t *word,
                              size_t n_rows, size_t n_taps, int twice);

/* The same in integers: weights of 8 bits into accumulators of 16, weights of 16 bits into
 * accumulators of 32. No sum overflows, as in kernels/accumulate/accumulate.h. */
typedef void sq_masked_i8_fn(int16_t *acc, const int8_t *w, size_t width, const uint64_t *word,
                             size_t n_rows, size_t n_taps, int twice);
typedef void sq_masked_i16_fn(int32_t *acc, const int16_t *w, size_t width, const uint64_t *word,
                              size_t n_rows, size_t n_taps, int twice);

#define SQ_VARIANT(isa, needs)            \
    sq_masked_f32_fn sq_masked_f32_##isa; \
    sq_masked_i8_fn sq_masked_i8_##isa;   \
    sq_masked_i16_fn sq_masked_i16_##isa;
#include "kernels/masked/masked.inc"
#undef SQ_VARIANT

#endif
