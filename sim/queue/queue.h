/* The discrete-time event queue: which node fires next.
 *
 * A node fires for timestep t once the packets of all its sources for t are there; it then sends
 * one packet to each of its targets. The queue holds the ready firings in a total order: the
 * schedule's key alone decides which one is taken next. It knows no spikes, no kernels and no
 * threads: the caller takes a firing, computes it and reports it done, one call at a time.
 *
 * Samples run in lanes, one sample a lane at a time. The packets of a node in a lane lie in a ring
 * of `depth` slots, that of timestep t in slot t mod depth.
 *
 * Invariants
 *  1. Ready. A firing (lane, node, t) is ready when the packets of all sources for t are there, the
 *     node has fired for all earlier timesteps, and every target has read the packet that lies in
 *     the slot.
 *  2. One at a time. Of a node in a lane at most one firing is ready or being computed, so the heap
 *     needs one entry for each node and lane.
 *  3. No packet is lost. A slot is written again only after every target has read it.
 *  4. Bounded memory. lanes * nodes * depth slots, allocated at the start, however long the run.
 *  5. No deadlock. In a lane with a sample, the unfinished firing that comes first in (timestep,
 *     node) order is ready or being computed: its sources and its own earlier timesteps precede it,
 *     and so do the firings that read timestep t - depth.
 *  6. Coupled nodes take turns. Where the lanes of a group hold the samples of a batch, a coupled node
 *     fires for timestep 0 of the first, of the second, ..., then for timestep 1: its state runs through
 *     all of them. The first unfinished firing in (timestep, node, lane) order is still ready.
 *  7. Order changes no result. Firings share only the packets that they await, and a node's state
 *     passes from one timestep to the next in order. */
#ifndef SQ_QUEUE_H
#define SQ_QUEUE_H

#include "kernels/base/status.h"

#include <stddef.h>
#include <stdint.h>

enum sq_schedule {
    SQ_SCHEDULE_LAYER, /* key (node, timestep, sample): all timesteps of a layer before the next */
    SQ_SCHEDULE_STEP,  /* key (timestep, node, sample): all of t before t + 1, as hardware would */
};

/* A node of the graph. Its sources have lower numbers than the node. */
struct sq_queue_node {
    const uint16_t *source, *target;
    uint16_t n_sources, n_targets;
    int is_skipped; /* never fires; no other node names it */
    int is_coupled; /* takes turns within a group of lanes */
    /* Timesteps that a firing takes at most under SQ_SCHEDULE_LAYER; 0: all. Fewer let threads that have
     * no sample of their own follow each other through the layers of one: timesteps t, t + 1 of a layer
     * while the layer before it computes t + 2, t + 3. */
    uint32_t most_steps;
};

struct sq_queue_plan {
    const struct sq_queue_node *node; /* [n_nodes]; without sources: awaits nothing */
    uint16_t n_nodes;
    uint32_t timesteps;
    uint32_t n_lanes;
    uint32_t group; /* lanes of a group, which divides n_lanes; 0 or 1: no node is coupled */
    enum sq_schedule schedule;
};

/* A node fires for the timesteps t .. t + n_steps - 1 of the sample in the lane. Under
 * SQ_SCHEDULE_LAYER timesteps that are ready together are taken together, which loads weights
 * once; under SQ_SCHEDULE_STEP n_steps is 1. */
struct sq_firing {
    uint32_t lane;
    uint16_t node;
    uint32_t t, n_steps;
};

struct sq_queue;

/* Slots per (lane, node) ring: 2 under SQ_SCHEDULE_STEP, all timesteps under SQ_SCHEDULE_LAYER. */
uint32_t sq_queue_depth(const struct sq_queue_plan *plan);

/* Allocates everything. The plan is copied, its nodes must outlive the queue. SQ_ENOMEM. */
int sq_queue_new(struct sq_error *err, const struct sq_queue_plan *plan, struct sq_queue **out);
void sq_queue_free(struct sq_queue *queue);

/* A sample enters a free lane; `order` (its number in the run) breaks ties between lanes. Nodes
 * without sources become ready. */
void sq_queue_enter(struct sq_queue *queue, uint32_t lane, uint64_t order);

/* A batch of n samples is about to enter the first n lanes of a group, all of which are free. */
void sq_queue_begin_group(struct sq_queue *queue, uint32_t first_lane, uint32_t n);

/* Take the ready firing with the least key; 0: none is ready. */
int sq_queue_take(struct sq_queue *queue, struct sq_firing *firing);

/* A taken firing is computed: its targets have its packets, and it has read those of its sources.
 * 1: it was the last firing of the lane's sample, and the lane is free. */
int sq_queue_done(struct sq_queue *queue, const struct sq_firing *firing);

/* How many firings are ready. */
size_t sq_queue_n_ready(const struct sq_queue *queue);

#endif
