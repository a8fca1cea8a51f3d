/* The body of every vector variant of sq_dense, on vectors as wide as the including file says.
 *
 * The includer defines DENSE_IN, the type of an input and of a weight, DENSE_SUM, that of an
 * accumulator, DENSE_LANES, the accumulators of one vector (a divisor of 16), and WIDEN(row), the
 * first vector of a row of weights as accumulators, and calls dense_block(). Lanes are outputs, so
 * the bits cannot depend on it. */
#ifndef SQ_DENSE_ROWS_H
#define SQ_DENSE_ROWS_H

#include "kernels/base/block.h"
#include "kernels/dense/dense.h"

typedef DENSE_SUM vec __attribute__((vector_size(DENSE_LANES * sizeof(DENSE_SUM)), may_alias));

enum { MAX_VECS = 64 / DENSE_LANES };

/* Product and sum are two roundings: -ffp-contract=off keeps the compiler from fusing them. */
SQ_ALWAYS_INLINE void dense_run(vec sum[MAX_VECS], const DENSE_IN *w, int n_vecs,
                                const struct sq_dense_span *span)
{
    const DENSE_IN *input = span->x;
    w += (size_t)span->first * (size_t)(n_vecs * DENSE_LANES);
    for (uint32_t i = 0; i < span->n_in; i++) {
        const DENSE_SUM x = input[i];
        for (int j = 0; j < n_vecs; j++, w += DENSE_LANES)
            sum[j] += x * (vec)WIDEN(w);
    }
}

SQ_ALWAYS_INLINE void dense_rows(DENSE_SUM *acc, const DENSE_IN *w, int n_vecs,
                                 const struct sq_dense_span *span, size_t n_rows, size_t n_spans)
{
    vec *a = (vec *)acc;
    for (; n_rows > 0; n_rows--, a += n_vecs) {
        vec sum[MAX_VECS];
        for (int j = 0; j < n_vecs; j++)
            sum[j] = a[j];
        for (const struct sq_dense_span *end = span + n_spans; span < end; span++)
            dense_run(sum, w, n_vecs, span);
        for (int j = 0; j < n_vecs; j++)
            a[j] = sum[j];
    }
}

SQ_ALWAYS_INLINE void dense_block(DENSE_SUM *acc, const DENSE_IN *w, size_t width,
                                  const struct sq_dense_span *span, size_t n_rows, size_t n_spans)
{
    switch (width) {
    case 16:
        dense_rows(acc, w, 16 / DENSE_LANES, span, n_rows, n_spans);
        break;
    case 32:
        dense_rows(acc, w, 32 / DENSE_LANES, span, n_rows, n_spans);
        break;
    case 48:
        dense_rows(acc, w, 48 / DENSE_LANES, span, n_rows, n_spans);
        break;
    default:
        dense_rows(acc, w, 64 / DENSE_LANES, span, n_rows, n_spans);
    }
}

#endif
