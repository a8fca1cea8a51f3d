/* The body of every scalar variant of sq_accumulate: the definition, one output at a time.
 *
 * The includer defines ACCUMULATE_WEIGHT and ACCUMULATE_SUM, the types of a weight and of an
 * accumulator, and calls accumulate_plain(). */
#ifndef SQ_ACCUMULATE_PLAIN_H
#define SQ_ACCUMULATE_PLAIN_H

#include "kernels/accumulate/accumulate.h"
#include "kernels/base/block.h"

enum {
    WEIGHT_SHIFT = sizeof(ACCUMULATE_WEIGHT) == 4   ? 0
                   : sizeof(ACCUMULATE_WEIGHT) == 2 ? 1
                                                    : 2,
};

static inline void add_row(ACCUMULATE_SUM *restrict acc, const ACCUMULATE_WEIGHT *restrict row,
                           size_t width)
{
    for (size_t j = 0; j < width; j++)
        acc[j] = (ACCUMULATE_SUM)(acc[j] + row[j]);
}

static inline const ACCUMULATE_WEIGHT *weight_row(const void *w, size_t row, size_t width)
{
    return (const ACCUMULATE_WEIGHT *)((const char *)w +
                                       (sq_block_bytes(row, width >> 4) >> WEIGHT_SHIFT));
}

static inline void accumulate_run(ACCUMULATE_SUM *acc, const ACCUMULATE_WEIGHT *w, size_t width,
                                  const struct sq_span *span)
{
    w = weight_row(w, span->first, width);
    if (span->twice)
        for (size_t j = 0; j < width; j++)
            acc[j] = (ACCUMULATE_SUM)(acc[j] + acc[j]);
    for (uint32_t e = 0; e < span->n_events; e++)
        add_row(acc, weight_row(w, (uint16_t)(span->event[e] - span->base), width), width);
}

static inline void accumulate_plain(ACCUMULATE_SUM *acc, const ACCUMULATE_WEIGHT *w, size_t width,
                                    const struct sq_span *span, size_t n_rows, size_t n_spans,
                                    int from_zero)
{
    for (; n_rows > 0; n_rows--, acc += width) {
        for (size_t j = 0; from_zero && j < width; j++)
            acc[j] = 0;
        for (size_t k = 0; k < n_spans; k++)
            accumulate_run(acc, w, width, span++);
    }
}

#endif
