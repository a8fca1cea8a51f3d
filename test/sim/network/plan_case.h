/* Networks of configurations, without weights: one at a time. */
#ifndef SQ_TEST_PLAN_CASE_H
#define SQ_TEST_PLAN_CASE_H

#include "sim/network/make_graph.h"
#include "sim/network/plan.h"
#include "test/unit.h"

#include <string.h>

static struct sq_network network;
static struct sq_error err;

static inline void discard(void)
{
    sq_graph_free(&network.graph);
    sq_arena_free(&network.arena);
    memset(&network, 0, sizeof network);
}

/* The status of laying it out, with the usual thresholds and scale. */
static inline int build(struct sq_config config)
{
    discard();
    config.v_threshold = 1;
    config.attn_v_threshold = 0.5f;
    config.attn_scale = 0.125f;
    network.config = config;
    const int status = sq_graph_from_config(&err, &network.config, &network.graph);
    return status == SQ_OK ? sq_plan_make(&err, &network) : status;
}

#endif
