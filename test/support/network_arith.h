/* The arithmetic of a network that is loaded already, as tests try one after the other. */
#ifndef SQ_TEST_NETWORK_ARITH_H
#define SQ_TEST_NETWORK_ARITH_H

#include "sim/api/context.h"

/* Make it run in fixed point, once, before it runs. As sq_arith_make(). */
static inline int network_arith(spikeq_ctx *ctx, spikeq_network *network,
                                const struct sq_fixed_choices *choices)
{
    return sq_arith_make(&ctx->error, choices, (struct sq_network *)(void *)network);
}

#endif
