/* The body of every sq_accumulate_f32 variant, on vectors as wide as the including file says.
 *
 * The includer defines ACCUMULATE_LANES, the floats of one vector (a divisor of 16), and calls
 * accumulate_block(). Vector types of the compiler, so that the loop is written once and each
 * file's flags decide the instructions; lanes are outputs, so the bits cannot depend on it. */
#ifndef SQ_ACCUMULATE_ROWS_H
#define SQ_ACCUMULATE_ROWS_H

#include "kernels/accumulate/accumulate.h"
#include "kernels/base/block.h"

typedef float vec __attribute__((vector_size(ACCUMULATE_LANES * sizeof(float)), may_alias));

enum {
    VECS_PER_16 = SQ_LANES / ACCUMULATE_LANES,
    MAX_VECS = SQ_BLOCK_WIDTH / ACCUMULATE_LANES,
};

SQ_ALWAYS_INLINE const vec *weight_row(const void *w, size_t row, size_t lanes16)
{
    return (const vec *)((const char *)w + sq_block_bytes(row, lanes16));
}

/* The events of one run; `sum` stays in registers once inlined with a constant width. */
SQ_ALWAYS_INLINE void accumulate_run(vec sum[MAX_VECS], const void *w, size_t lanes16,
                                     const struct sq_run *run)
{
    const size_t n_vecs = lanes16 * VECS_PER_16;
    const uint16_t *event = run->event;
    const uint16_t base = run->base;
    w = weight_row(w, run->first, lanes16);
    if (run->twice)
        for (size_t i = 0; i < n_vecs; i++)
            sum[i] += sum[i];
    for (size_t e = 0; e < run->n_events; e++) {
        const vec *row = weight_row(w, (uint16_t)(event[e] - base), lanes16);
        for (size_t i = 0; i < n_vecs; i++)
            sum[i] += row[i];
    }
}

SQ_ALWAYS_INLINE void accumulate_rows(float *acc, const float *w, size_t lanes16,
                                      const struct sq_run *run, size_t n_rows, size_t n_runs)
{
    const size_t n_vecs = lanes16 * VECS_PER_16;
    vec *a = (vec *)acc;
    for (; n_rows > 0; n_rows--, a += n_vecs) {
        vec sum[MAX_VECS];
        for (size_t i = 0; i < n_vecs; i++)
            sum[i] = a[i];
        for (const struct sq_run *end = run + n_runs; run < end; run++)
            accumulate_run(sum, w, lanes16, run);
        for (size_t i = 0; i < n_vecs; i++)
            a[i] = sum[i];
    }
}

SQ_ALWAYS_INLINE void accumulate_block(float *acc, const float *w, size_t width,
                                       const struct sq_run *run, size_t n_rows, size_t n_runs)
{
    switch (width >> 4) {
    case 1:
        accumulate_rows(acc, w, 1, run, n_rows, n_runs);
        break;
    case 2:
        accumulate_rows(acc, w, 2, run, n_rows, n_runs);
        break;
    case 3:
        accumulate_rows(acc, w, 3, run, n_rows, n_runs);
        break;
    default:
        accumulate_rows(acc, w, 4, run, n_rows, n_runs);
    }
}

#endif
