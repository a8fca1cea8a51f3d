/* The body of every vector variant of sq_dense_f32, on vectors as wide as the including file says.
 *
 * The includer defines DENSE_LANES, the floats of one vector (a divisor of 16), and calls
 * dense_block(). Lanes are outputs, so the bits cannot depend on it. */
#ifndef SQ_DENSE_ROWS_H
#define SQ_DENSE_ROWS_H

#include "kernels/base/block.h"
#include "kernels/dense/dense.h"

typedef float vec __attribute__((vector_size(DENSE_LANES * sizeof(float)), may_alias));

enum { MAX_VECS = 64 / DENSE_LANES };

/* Product and sum are two roundings: -ffp-contract=off keeps the compiler from fusing them. */
SQ_ALWAYS_INLINE void dense_run(vec sum[MAX_VECS], const vec *w, int n_vecs,
                                const struct sq_dense_run *run)
{
    w += (size_t)run->first * (size_t)n_vecs;
    for (uint32_t i = 0; i < run->n_in; i++, w += n_vecs) {
        const float x = run->x[i];
        for (int j = 0; j < n_vecs; j++)
            sum[j] += x * w[j];
    }
}

SQ_ALWAYS_INLINE void dense_rows(float *acc, const float *w, int n_vecs,
                                 const struct sq_dense_run *run, size_t n_rows, size_t n_runs)
{
    vec *a = (vec *)acc;
    for (; n_rows > 0; n_rows--, a += n_vecs) {
        vec sum[MAX_VECS];
        for (int j = 0; j < n_vecs; j++)
            sum[j] = a[j];
        for (const struct sq_dense_run *end = run + n_runs; run < end; run++)
            dense_run(sum, (const vec *)w, n_vecs, run);
        for (int j = 0; j < n_vecs; j++)
            a[j] = sum[j];
    }
}

SQ_ALWAYS_INLINE void dense_block(float *acc, const float *w, size_t width,
                                  const struct sq_dense_run *run, size_t n_rows, size_t n_runs)
{
    switch (width) {
    case 16:
        dense_rows(acc, w, 16 / DENSE_LANES, run, n_rows, n_runs);
        break;
    case 32:
        dense_rows(acc, w, 32 / DENSE_LANES, run, n_rows, n_runs);
        break;
    case 48:
        dense_rows(acc, w, 48 / DENSE_LANES, run, n_rows, n_runs);
        break;
    default:
        dense_rows(acc, w, 64 / DENSE_LANES, run, n_rows, n_runs);
    }
}

#endif
