/* Graphs of configurations, without weights: one at a time. */
#ifndef SQ_TEST_GRAPH_CASE_H
#define SQ_TEST_GRAPH_CASE_H

#include "sim/network/graph.h"
#include "test/unit.h"

#include <string.h>

static struct sq_network network;
static struct sq_error err;

static inline void discard(void)
{
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
    return sq_graph_build(&err, &network);
}

#endif
