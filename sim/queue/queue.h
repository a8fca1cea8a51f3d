/* The discrete-time event queue.
 *
 * An event is a packet: what one node sends at one timestep of one sample. A node fires for
 * timestep t when every packet that it awaits for t has come; it then sends its own packet to its
 * targets, and nothing else moves. The queue holds the nodes that are ready to fire, in a total
 * order: the schedule's key, and nothing else, decides who is taken next. It knows no spikes, no
 * kernels and no threads; whoever takes a firing computes it and says when it is done.
 *
 * Samples run in lanes, one sample a lane at a time. A packet lies in a slot of its (lane, node)
 * ring of `depth` slots and is free again when its last reader is done.
 *
 * Invariants
 *  1. A firing is ready if all its packets have come, the same node and lane is not being
 *     computed, all its earlier timesteps are done, and the slot it will write is free.
 *  2. Slot t mod depth of a node is written only after every target read what was there, so no
 *     packet is ever lost and memory is bounded by lanes * nodes * depth, whatever the run's
 * length.
 *  3. The unfinished firing that comes first in (timestep, node) order within a lane is always
 *     ready or being computed: the queue cannot lock up.
 *  4. Who is taken when changes no result: firings share nothing but the packets that they await.
 */
#ifndef SQ_QUEUE_H
#define SQ_QUEUE_H

#include "kernels/base/status.h"

#include <stddef.h>
#include <stdint.h>

enum sq_schedule {
    SQ_SCHEDULE_STEP,  /* key (timestep, node, sample): all of t before t + 1, as hardware would */
    SQ_SCHEDULE_LAYER, /* key (node, timestep, sample): all timesteps of a layer before the next */
};

/* The graph, as far as the queue must know it. Sources of a node come before it. */
struct sq_queue_node {
    const uint16_t *source, *target;
    uint16_t n_sources, n_targets;
    int is_idle; /* never fires; no other node names it */
};

struct sq_queue_plan {
    const struct sq_queue_node *node; /* those without sources await nothing */
    uint16_t n_nodes;
    uint32_t timesteps;
    uint32_t n_lanes;
    enum sq_schedule schedule;
};

/* Work to be done: node fires for the timesteps t .. t + n_steps - 1 of the sample in lane. Under
 * SQ_SCHEDULE_LAYER timesteps that are ready together are taken together, so that weights are
 * loaded once; under SQ_SCHEDULE_STEP n_steps is 1. */
struct sq_firing {
    uint32_t lane;
    uint16_t node;
    uint32_t t, n_steps;
};

struct sq_queue;

/* Slots per (lane, node) ring: 2 under SQ_SCHEDULE_STEP, all timesteps under SQ_SCHEDULE_LAYER. */
uint32_t sq_queue_depth(const struct sq_queue_plan *plan);

/* All memory is taken here. The plan is copied, its nodes must outlive the queue. */
int sq_queue_new(struct sq_error *err, const struct sq_queue_plan *plan, struct sq_queue **out);
void sq_queue_free(struct sq_queue *queue);

/* A sample enters an idle lane; `order` (its number in the run) breaks ties between lanes. Its
 * input packets become ready to be taken in timestep order. */
void sq_queue_enter(struct sq_queue *queue, uint32_t lane, uint64_t order);

/* Take the ready firing of least key; 0 if none is ready now. */
int sq_queue_take(struct sq_queue *queue, struct sq_firing *firing);

/* A taken firing is computed: its packets go to its targets, the packets that it read lose a
 * reader. Returns 1 if with it the lane's sample is finished (the lane is idle again). */
int sq_queue_done(struct sq_queue *queue, const struct sq_firing *firing);

/* Firings that are ready to be taken. */
size_t sq_queue_n_ready(const struct sq_queue *queue);

#endif
