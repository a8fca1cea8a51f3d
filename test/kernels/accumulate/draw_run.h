/* What the tests of the accumulating kernels share: a random run of events. */
#ifndef SQ_TEST_DRAW_RUN_H
#define SQ_TEST_DRAW_RUN_H

#include "kernels/accumulate/accumulate.h"

#include "test/kernels/kernel_test.h"

enum { N_IN = 220 };

/* A run over some stretch of the N_IN weight rows, doubled now and then if it may be; NULL where it
 * is empty. event has room for N_IN. */
static inline struct sq_span draw_run(struct sq_rng *rng, uint16_t *event, bool may_double)
{
    const uint32_t first = (uint32_t)sq_rng_below(rng, N_IN);
    const uint32_t span = (uint32_t)sq_rng_below(rng, N_IN - first + 1);
    const uint16_t base = (uint16_t)sq_rng_next(rng);
    const double rate = draw_rate(rng);
    uint32_t n = 0;
    for (uint32_t i = 0; i < span; i++)
        if (sq_rng_unit(rng) < rate)
            event[n++] = (uint16_t)(base + i);
    return (struct sq_span){.event = n ? event : NULL,
                            .n_events = n,
                            .first = first,
                            .base = base,
                            .twice = may_double && sq_rng_below(rng, 4) == 0};
}

#endif
