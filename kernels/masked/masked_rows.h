/* The body of every vector variant of sq_masked, on vectors as wide as the including file says.
 *
 * The includer defines
 *   MASKED_WEIGHT   type of a weight
 *   MASKED_SUM      type of an accumulator, as wide or wider
 *   MASKED_LANES    accumulators of one vector: 4, 8 or 16
 * and either, where the processor has registers of masks,
 *   MASKED_ADD(sum, row, word, i)
 *                   the first vector of a row of weights is added to `sum`, vector i of the outputs,
 *                   in the lanes whose bit of *word is set
 * or else
 *   MASKED_LANE     the integer of an accumulator's size
 *   WIDEN(row)      the first vector of a row of weights, as accumulators
 * (rows are aligned to 16 weights only), and calls masked_block(). Lanes are outputs, so the bits
 * cannot depend on it. */
#ifndef SQ_MASKED_ROWS_H
#define SQ_MASKED_ROWS_H

#include "kernels/base/block.h"
#include "kernels/masked/masked.h"

#define VECTOR(type) \
    type __attribute__((vector_size(MASKED_LANES * sizeof(type)), may_alias, aligned(16)))

typedef VECTOR(MASKED_SUM) vec;

enum { LANE_VECS = 16 / MASKED_LANES, MAX_VECS = 64 / MASKED_LANES };

#ifndef MASKED_ADD
#define MASKED_ADD add_masked

typedef VECTOR(MASKED_LANE) lanes;

/* A part of the word, as wide as a lane, is loaded to all lanes at once (all processors here are
 * little-endian); so many vectors take their bits from it. */
enum { SHARING_VECS = 8 * sizeof(MASKED_LANE) / MASKED_LANES };

typedef MASKED_LANE word_part __attribute__((may_alias));

#define BIT(b)  (MASKED_LANE)((uint32_t)1 << (b))
#define BITS(b) BIT(b), BIT(b + 1), BIT(b + 2), BIT(b + 3)

/* The weights under the mask, and +0 elsewhere, are added to vector `i` of the row. Adding +0 changes
 * no bit of a sum that is not -0, and none is (masked.h); a weight of -0 under the mask changes none
 * either, nor does it in the scalar variant. */
SQ_ALWAYS_INLINE vec add_masked(vec sum, const MASKED_WEIGHT *row, const uint64_t *word, size_t i)
{
    static const MASKED_LANE bit_of_lane[32] __attribute__((aligned(64))) = {
        BITS(0), BITS(4), BITS(8), BITS(12), BITS(16), BITS(20), BITS(24), BITS(28)};
    const lanes bit = *(const lanes *)&bit_of_lane[i % SHARING_VECS * MASKED_LANES];
    const lanes mask = (((const word_part *)word)[i / SHARING_VECS] & bit) == bit;
    return sum + (vec)((lanes)WIDEN(row) & mask);
}
#endif

/* One row; its sums stay in registers once inlined with a constant width. */
SQ_ALWAYS_INLINE void add_taps(vec sum[MAX_VECS], const MASKED_WEIGHT *w, const uint64_t *word,
                               size_t n_taps, size_t n_vecs)
{
    for (const uint64_t *end = word + n_taps; word < end; word++, w += n_vecs * MASKED_LANES) {
        if (*word == 0)
            continue;
        for (size_t i = 0; i < n_vecs; i++)
            sum[i] = MASKED_ADD(sum[i], w + i * MASKED_LANES, word, i);
    }
}

SQ_ALWAYS_INLINE void masked_rows(MASKED_SUM *acc, const MASKED_WEIGHT *w, size_t n_vecs,
                                  const uint64_t *word, size_t n_rows, size_t n_taps, int twice)
{
    vec *at = (vec *)acc;
    for (; n_rows > 0; n_rows--, at += n_vecs, word += n_taps) {
        vec sum[MAX_VECS];
        for (size_t i = 0; i < n_vecs; i++)
            sum[i] = at[i];
        for (size_t i = 0; twice && i < n_vecs; i++)
            sum[i] += sum[i];
        add_taps(sum, w, word, n_taps, n_vecs);
        for (size_t i = 0; i < n_vecs; i++)
            at[i] = sum[i];
    }
}

SQ_ALWAYS_INLINE void masked_block(MASKED_SUM *acc, const MASKED_WEIGHT *w, size_t width,
                                   const uint64_t *word, size_t n_rows, size_t n_taps, int twice)
{
    switch (width >> 4) {
    case 1:
        masked_rows(acc, w, LANE_VECS, word, n_rows, n_taps, twice);
        break;
    case 2:
        masked_rows(acc, w, 2 * LANE_VECS, word, n_rows, n_taps, twice);
        break;
    case 3:
        masked_rows(acc, w, 3 * LANE_VECS, word, n_rows, n_taps, twice);
        break;
    default:
        masked_rows(acc, w, 4 * LANE_VECS, word, n_rows, n_taps, twice);
    }
}

#endif
