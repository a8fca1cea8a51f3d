/* The kinds of nodes: a row each says what a node of it computes, counts and needs. A new kind is a file
 * node_<kind>.c, a row here and a value of enum sq_node_kind. */
#ifndef SQ_KINDS_H
#define SQ_KINDS_H

#include "sim/nodes/task.h"

struct sq_node_row {
    /* Write the node's packets of the task's timesteps, and its part of the tallies. */
    void (*compute)(struct sq_task *task);
    /* Count what it would have done for packets that were recorded; NULL: relays compute. */
    void (*tally)(struct sq_task *task);
    /* Members of a tally, from the first on, that it can have counted. */
    size_t n_counted;
    /* Synaptic operations of a timestep (sim/report/sops.h).
     *   has_counts   the pixels are event counts of a camera, which enter as events */
    uint64_t (*sops)(const struct sq_node *node, const struct sq_tally *tally, int has_counts);
};

extern const struct sq_node_row sq_node_row[SQ_NODE_KINDS];

#endif
