/* The body of every vector variant of sq_accumulate, on vectors as wide as the including file says.
 *
 * The includer defines
 *   ACCUMULATE_WEIGHT  type of a weight
 *   ACCUMULATE_SUM     type of an accumulator, as wide or wider
 *   ACCUMULATE_LANES   accumulators of one vector: a divisor of 16, or 32
 *   WIDEN(row)         the first vector of a row of weights, as accumulators; the row is aligned to
 *                      16 weights only
 *   WIDEN_HALF(row)    the same of 16 lanes, where a vector has 32: a block of 16 or 48 outputs
 *                      ends in half a vector
 * and calls accumulate_block(). Vector types of the compiler, so that the loop is written once and
 * each file's flags decide the instructions; lanes are outputs, so the bits cannot depend on it. */
#ifndef SQ_ACCUMULATE_ROWS_H
#define SQ_ACCUMULATE_ROWS_H

#include "kernels/accumulate/accumulate.h"
#include "kernels/base/block.h"

#ifndef WIDEN_HALF
#define WIDEN_HALF WIDEN
#endif

#define VECTOR(type, lanes) \
    type __attribute__((vector_size((lanes) * sizeof(type)), may_alias, aligned(16)))

enum {
    HALF_LANES = ACCUMULATE_LANES > SQ_LANES ? SQ_LANES : ACCUMULATE_LANES,
    MAX_VECS = SQ_BLOCK_WIDTH / ACCUMULATE_LANES,
    WEIGHT_SHIFT = sizeof(ACCUMULATE_WEIGHT) == 4   ? 0
                   : sizeof(ACCUMULATE_WEIGHT) == 2 ? 1
                                                    : 2,
};

typedef VECTOR(ACCUMULATE_SUM, ACCUMULATE_LANES) vec;
typedef VECTOR(ACCUMULATE_SUM, HALF_LANES) half_vec;

/* Accumulators of one row; they stay in registers once inlined with a constant width. */
struct sums {
    vec full[MAX_VECS];
    half_vec half; /* the last 16 where full vectors do not fit */
};

/* How a row of 16 * lanes16 outputs is cut; constants once inlined. */
SQ_ALWAYS_INLINE size_t full_vecs(size_t lanes16)
{
    return ACCUMULATE_LANES > SQ_LANES ? lanes16 >> 1 : lanes16 * (SQ_LANES / HALF_LANES);
}

SQ_ALWAYS_INLINE int has_half(size_t lanes16)
{
    return ACCUMULATE_LANES > SQ_LANES && (lanes16 & 1) != 0;
}

SQ_ALWAYS_INLINE const ACCUMULATE_WEIGHT *weight_row(const void *w, size_t row, size_t lanes16)
{
    return (const ACCUMULATE_WEIGHT *)((const char *)w +
                                       (sq_block_bytes(row, lanes16) >> WEIGHT_SHIFT));
}

SQ_ALWAYS_INLINE void add_row(struct sums *sum, const ACCUMULATE_WEIGHT *row, size_t lanes16)
{
    for (size_t i = 0; i < full_vecs(lanes16); i++, row += ACCUMULATE_LANES)
        sum->full[i] += (vec)WIDEN(row);
    if (has_half(lanes16))
        sum->half += (half_vec)WIDEN_HALF(row);
}

SQ_ALWAYS_INLINE void double_sums(struct sums *sum, size_t lanes16)
{
    for (size_t i = 0; i < full_vecs(lanes16); i++)
        sum->full[i] += sum->full[i];
    if (has_half(lanes16))
        sum->half += sum->half;
}

/* The events of one span. */
SQ_ALWAYS_INLINE void accumulate_run(struct sums *sum, const void *w, size_t lanes16,
                                     const struct sq_span *span)
{
    const uint16_t *event = span->event;
    const uint16_t base = span->base;
    w = weight_row(w, span->first, lanes16);
    if (span->twice)
        double_sums(sum, lanes16);
    for (size_t e = 0; e < span->n_events; e++)
        add_row(sum, weight_row(w, (uint16_t)(event[e] - base), lanes16), lanes16);
}

SQ_ALWAYS_INLINE void load_sums(struct sums *sum, const ACCUMULATE_SUM *acc, size_t lanes16)
{
    for (size_t i = 0; i < full_vecs(lanes16); i++, acc += ACCUMULATE_LANES)
        sum->full[i] = *(const vec *)acc;
    if (has_half(lanes16))
        sum->half = *(const half_vec *)acc;
}

SQ_ALWAYS_INLINE void clear_sums(struct sums *sum, size_t lanes16)
{
    for (size_t i = 0; i < full_vecs(lanes16); i++)
        sum->full[i] = (vec){0};
    if (has_half(lanes16))
        sum->half = (half_vec){0};
}

SQ_ALWAYS_INLINE void store_sums(ACCUMULATE_SUM *acc, const struct sums *sum, size_t lanes16)
{
    for (size_t i = 0; i < full_vecs(lanes16); i++, acc += ACCUMULATE_LANES)
        *(vec *)acc = sum->full[i];
    if (has_half(lanes16))
        *(half_vec *)acc = sum->half;
}

SQ_ALWAYS_INLINE void accumulate_rows(ACCUMULATE_SUM *acc, const void *w, size_t lanes16,
                                      const struct sq_span *span, size_t n_rows, size_t n_spans,
                                      int from_zero, const struct sq_ahead *ahead)
{
    const char *line = ahead->at; /* NULL where no line is left, so that nothing is added to it */
    size_t n_left = ahead->n_lines;
    for (; n_rows > 0; n_rows--, acc += lanes16 << 4) {
        struct sums sum;
        for (size_t i = 0; i < ahead->lines_a_row && n_left > 0; i++, n_left--, line += 64)
            __builtin_prefetch(line, 0, 2);
        if (from_zero)
            clear_sums(&sum, lanes16);
        else
            load_sums(&sum, acc, lanes16);
        for (const struct sq_span *end = span + n_spans; span < end; span++)
            accumulate_run(&sum, w, lanes16, span);
        store_sums(acc, &sum, lanes16);
    }
}

SQ_ALWAYS_INLINE void accumulate_block(ACCUMULATE_SUM *acc, const ACCUMULATE_WEIGHT *w,
                                       size_t width, const struct sq_span *span, size_t n_rows,
                                       size_t n_spans, int from_zero, const struct sq_ahead *ahead)
{
    switch (width >> 4) {
    case 1:
        accumulate_rows(acc, w, 1, span, n_rows, n_spans, from_zero, ahead);
        break;
    case 2:
        accumulate_rows(acc, w, 2, span, n_rows, n_spans, from_zero, ahead);
        break;
    case 3:
        accumulate_rows(acc, w, 3, span, n_rows, n_spans, from_zero, ahead);
        break;
    default:
        accumulate_rows(acc, w, 4, span, n_rows, n_spans, from_zero, ahead);
    }
}

#endif
