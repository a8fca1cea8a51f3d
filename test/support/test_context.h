/* The context of a test program: one a test, as a checked fixture. */
#ifndef SQ_TEST_CONTEXT_H
#define SQ_TEST_CONTEXT_H

#include "sim/spikeq.h"
#include "test/unit.h"

static spikeq_ctx *ctx;

static inline void make_context(void)
{
    ck_assert_int_eq(spikeq_ctx_new(&ctx), SPIKEQ_OK);
}

static inline void free_context(void)
{
    spikeq_ctx_free(ctx);
}

#endif
