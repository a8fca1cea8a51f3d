/* The body of every scalar variant of sq_dense: the definition, one output at a time.
 *
 * The includer defines DENSE_IN, the type of an input and of a weight, and DENSE_SUM, that of an
 * accumulator, and calls dense_plain(). */
#ifndef SQ_DENSE_PLAIN_H
#define SQ_DENSE_PLAIN_H

#include "kernels/dense/dense.h"

/* Product and sum are two roundings: -ffp-contract=off keeps the compiler from fusing them. */
static inline void dense_run(DENSE_SUM *acc, const DENSE_IN *w, size_t width,
                             const struct sq_dense_span *span)
{
    const DENSE_IN *x = span->x;
    w += span->first * width;
    for (uint32_t i = 0; i < span->n_in; i++, w += width)
        for (size_t j = 0; j < width; j++)
            acc[j] += x[i] * w[j];
}

static inline void dense_plain(DENSE_SUM *acc, const DENSE_IN *w, size_t width,
                               const struct sq_dense_span *span, size_t n_rows, size_t n_spans)
{
    for (; n_rows > 0; n_rows--, acc += width)
        for (size_t k = 0; k < n_spans; k++)
            dense_run(acc, w, width, span++);
}

#endif
