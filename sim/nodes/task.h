/* Tasks: what a worker needs to compute a firing, and where it finds packets and tallies. */
#ifndef SQ_TASK_H
#define SQ_TASK_H

#include "kernels/base/cpu.h"
#include "kernels/dispatch/dispatch.h"
#include "sim/nodes/lane.h"
#include "sim/nodes/scratch.h"

/* What a node does when it fires. */
enum sq_role {
    SQ_COMPUTE, /* deliver what it received, leak, fire */
    SQ_INJECT,  /* send what the feed gives; it awaits nothing, and its synapse is not counted */
    SQ_COUNT,   /* send what the feed gives, but count what its synapse would have done */
    SQ_SKIP,    /* nothing reads it: it never fires */
};

struct sq_feed;
struct sq_observers;
struct sq_run_options;

/* What all firings of a run share; nothing in it changes during the run. */
struct sq_shared {
    const struct sq_network *network;
    const struct sq_kernels *kernels;
    const struct sq_cpu *cpu;
    const struct sq_forced_tilings *forced; /* [n_nodes]; NULL: the engine chooses all */
    uint32_t depth;                         /* slots of a packet ring */
    const unsigned char *role;              /* [n_nodes] of enum sq_role; NULL: all compute */
    const struct sq_feed *feed;
    const struct sq_observers *observers;
    int uncounted;      /* see sq_run_options */
    int keeps_currents; /* populations write their currents beside their packets, for an observer */
    const struct sq_run_options *options;
};

/* A firing in the hands of a worker. */
struct sq_task {
    const struct sq_shared *shared;
    const struct sq_node *node;
    size_t node_index;
    enum sq_role role;
    struct sq_lane *lane;
    struct sq_scratch *scratch;
    void *
        membrane; /* of a population: of the lane, or of the thread where all timesteps are this firing's */
    int membranes_are_near; /* of the thread, and [rows of a group][width]: of one block after the other */
    unsigned worker;
    uint32_t lane_index, t, n_steps;
};

static inline enum sq_role sq_shared_role(const struct sq_shared *shared, size_t node)
{
    return shared->role != NULL ? (enum sq_role)shared->role[node] : SQ_COMPUTE;
}

/* The packet of a node at timestep t, and a node's tally at t. */
static inline struct sq_spikes *sq_packet_at(const struct sq_task *task, size_t node, uint32_t t)
{
    return &task->lane->packet[node * task->shared->depth + t % task->shared->depth];
}

/* The reals that a node sends at timestep t, block by block as membranes lie: float, or in fixed point
 * int32_t. */
static inline void *sq_reals_at(const struct sq_task *task, size_t node, uint32_t t)
{
    return task->lane->reals[node * task->shared->depth + t % task->shared->depth];
}

static inline struct sq_tally *sq_tally_at(const struct sq_task *task, size_t node, uint32_t t)
{
    return &task->lane->outcome.tally[node * task->shared->network->config.timesteps + t];
}

#endif
