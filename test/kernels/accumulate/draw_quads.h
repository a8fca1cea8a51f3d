/* What the tests of the accumulating kernels share: random quads of some rows. */
#ifndef SQ_TEST_DRAW_QUADS_H
#define SQ_TEST_DRAW_QUADS_H

#include "kernels/accumulate/accumulate.h"

#include "test/kernels/kernel_test.h"

enum { N_IN = 220, MAX_QUADS = 4 };

/* Quads, each with no more events than the one before. Rows are named once, but for the last one that there is. */
struct drawn_quads {
    size_t n_rows, n_events; /* rows that are there, one more included; entries of event */
    struct sq_quad *quad;
    uint16_t *event;
    struct sq_quads quads;
};

static inline struct drawn_quads draw_quads(struct sq_rng *rng)
{
    struct drawn_quads d = {.n_rows = 1 + sq_rng_below(rng, (uint64_t)MAX_QUADS * SQ_QUAD)};
    const size_t n_named = d.n_rows - 1 - sq_rng_below(rng, d.n_rows);
    const size_t n_quads = (n_named + SQ_QUAD - 1) / SQ_QUAD;
    uint16_t row[MAX_QUADS * SQ_QUAD];
    uint32_t n_events = (uint32_t)sq_rng_below(rng, N_IN + 1);
    for (size_t r = 0; r < d.n_rows; r++)
        row[r] = (uint16_t)r;
    for (size_t r = d.n_rows - 1; r > 1; r--) { /* the last row stays where it is */
        const size_t other = sq_rng_below(rng, r);
        const uint16_t was = row[r - 1];
        row[r - 1] = row[other];
        row[other] = was;
    }
    d.quad = guarded_new(n_quads * sizeof *d.quad);
    for (size_t q = 0; q < n_quads; q++) {
        d.quad[q].n_events = n_events;
        for (size_t r = 0; r < SQ_QUAD; r++)
            d.quad[q].row[r] =
                q * SQ_QUAD + r < n_named ? row[q * SQ_QUAD + r] : (uint16_t)(d.n_rows - 1);
        d.n_events += n_events * SQ_QUAD;
        n_events = (uint32_t)sq_rng_below(rng, n_events + 1);
    }
    const int is_scaled = (int)sq_rng_below(rng, 2);
    d.event = guarded_new(d.n_events * sizeof *d.event);
    for (size_t e = 0; e < d.n_events; e++)
        d.event[e] = (uint16_t)(sq_rng_below(rng, N_IN + 1) << (is_scaled ? SQ_EVENT_SHIFT : 0));
    d.quads = (struct sq_quads){d.quad, n_quads, d.event, is_scaled};
    return d;
}

static inline int discard_quads(const struct drawn_quads *d)
{
    return guarded_free(d->quad, d->quads.n * sizeof *d->quad) &
           guarded_free(d->event, d->n_events * sizeof *d->event);
}

/* The quad and place of row r; 0 if none names it. */
static inline int find_row(const struct drawn_quads *d, size_t r, size_t *first, size_t *n)
{
    size_t at = 0;
    for (size_t q = 0; q < d->quads.n; q++) {
        for (size_t i = 0; i < SQ_QUAD; i++)
            if (d->quad[q].row[i] == r) {
                *first = at + i;
                *n = d->quad[q].n_events;
                return 1;
            }
        at += (size_t)d->quad[q].n_events * SQ_QUAD;
    }
    return 0;
}

/* Weight row of entry e. */
static inline size_t weight_row_of(const struct drawn_quads *d, size_t e)
{
    return d->event[e] >> (d->quads.is_scaled ? SQ_EVENT_SHIFT : 0);
}

#endif
