/* How the spikes of one node gate those of another. */
#ifndef SQ_GATING_H
#define SQ_GATING_H

#include "sim/graph/graph.h"

enum sq_gate {
    SQ_GATE_NONE,     /* shapes do not fit */
    SQ_GATE_ELEMENTS, /* each element its own */
    SQ_GATE_TOKENS,   /* [C,1,1]: one spike a channel, for all tokens */
    SQ_GATE_HEADS,    /* [heads,H,W]: one spike a head and token, for the channels of the head */
};

enum sq_gate sq_gate_of(const struct sq_graph_node *spikes, const struct sq_graph_node *gate);

#endif
