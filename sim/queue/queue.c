/* The invariants are those of queue.h; where each is kept:
 *  1  is_ready(), try_ready(): called whenever a packet is sent or read, and when a firing is done
 *  2  cell.busy: set when a firing enters the heap, cleared when it is done
 *  3  cell.readers: set by send(), counted down by release()
 *  4  sq_queue_new() allocates, nothing else does
 *  5  sq_queue_plan: sources have lower numbers; depth is 1 or more
 *  6  has_turn(), pass_turn()
 *  7  the heap's order is total: no two entries share node, timestep and sample */
#include "sim/queue/queue.h"

#include "kernels/base/arena.h"
#include "kernels/base/checked.h"
#include "sim/queue/heap.h"

#include <assert.h>
#include <stdlib.h>

enum { STEP_DEPTH = 2 };

/* One node in one lane. */
struct cell {
    uint32_t next;     /* timestep that it fires for next; T when it is finished */
    uint32_t busy;     /* 1: ready in the heap, or taken and not yet done */
    uint32_t *missing; /* [depth] packets still awaited for the timestep in this slot */
    uint32_t *readers; /* [depth] targets that have yet to read the packet in this slot */
};

struct sq_queue {
    struct sq_queue_plan plan;
    uint32_t depth;
    struct cell *cell;    /* [n_lanes][n_nodes] */
    uint64_t *order;      /* [n_lanes] number of the sample in each lane */
    uint32_t *unfinished; /* [n_lanes] nodes that have not fired for the last timestep */
    uint32_t *turn;       /* [n_lanes / group][n_nodes] firings of a coupled node in its batch */
    uint32_t *n_members;  /* [n_lanes / group] samples of the batch */
    struct sq_heap heap;
    struct sq_arena arena;
};

uint32_t sq_queue_depth(const struct sq_queue_plan *plan)
{
    if (plan->schedule == SQ_SCHEDULE_LAYER || plan->timesteps < STEP_DEPTH)
        return plan->timesteps;
    return STEP_DEPTH;
}

static struct cell *cell_at(struct sq_queue *queue, uint32_t lane, uint32_t node)
{
    return &queue->cell[(size_t)lane * queue->plan.n_nodes + node];
}

static uint32_t slot_of(const struct sq_queue *queue, uint32_t t)
{
    return t % queue->depth;
}

int sq_queue_new(struct sq_error *err, const struct sq_queue_plan *plan, struct sq_queue **out)
{
    struct sq_queue *queue = calloc(1, sizeof *queue);
    if (queue == NULL)
        return sq_fail(err, SQ_ENOMEM, "event queue: out of memory");
    queue->plan = *plan;
    queue->plan.group = plan->group > 0 ? plan->group : 1;
    queue->depth = sq_queue_depth(plan);
    const size_t n_cells = (size_t)plan->n_lanes * plan->n_nodes;
    uint32_t *count = sq_arena_alloc(&queue->arena, n_cells * 2, queue->depth * sizeof *count);
    queue->cell = sq_arena_alloc(&queue->arena, n_cells, sizeof *queue->cell);
    queue->order = sq_arena_alloc(&queue->arena, plan->n_lanes, sizeof *queue->order);
    queue->unfinished = sq_arena_alloc(&queue->arena, plan->n_lanes, sizeof *queue->unfinished);
    const size_t n_groups = plan->n_lanes / queue->plan.group;
    queue->turn = sq_arena_alloc(&queue->arena, n_groups * plan->n_nodes, sizeof *queue->turn);
    queue->n_members = sq_arena_alloc(&queue->arena, n_groups, sizeof *queue->n_members);
    queue->heap.entry = sq_arena_alloc(&queue->arena, n_cells, sizeof *queue->heap.entry);
    if (!count || !queue->cell || !queue->order || !queue->unfinished || !queue->heap.entry ||
        !queue->turn || !queue->n_members) {
        sq_queue_free(queue);
        return sq_fail(err, SQ_ENOMEM, "event queue: out of memory for %u lanes of %u nodes",
                       plan->n_lanes, plan->n_nodes);
    }
    for (size_t i = 0; i < n_cells; i++) {
        queue->cell[i].missing = count + 2 * i * queue->depth;
        queue->cell[i].readers = queue->cell[i].missing + queue->depth;
    }
    *out = queue;
    return SQ_OK;
}

void sq_queue_free(struct sq_queue *queue)
{
    if (queue == NULL)
        return;
    sq_arena_free(&queue->arena);
    free(queue);
}

static int is_coupled(const struct sq_queue *queue, uint32_t node)
{
    return queue->plan.group > 1 && queue->plan.node[node].is_coupled;
}

static uint32_t *turn_of(struct sq_queue *queue, uint32_t lane, uint32_t node)
{
    return &queue->turn[(size_t)(lane / queue->plan.group) * queue->plan.n_nodes + node];
}

/* Is it the turn of a coupled node in this lane, for timestep t? Others always may. */
static int has_turn(struct sq_queue *queue, uint32_t lane, uint32_t node, uint32_t t)
{
    const uint32_t group = queue->plan.group;
    return !is_coupled(queue, node) ||
           *turn_of(queue, lane, node) == t * queue->n_members[lane / group] + lane % group;
}

/* Are the packets for timestep t there, and is the slot free? */
static int is_ready(const struct sq_queue *queue, const struct cell *cell, uint32_t t)
{
    const uint32_t slot = slot_of(queue, t);
    return t < queue->plan.timesteps && cell->missing[slot] == 0 && cell->readers[slot] == 0;
}

static void try_ready(struct sq_queue *queue, uint32_t lane, uint32_t node)
{
    struct cell *cell = cell_at(queue, lane, node);
    if (cell->busy || !is_ready(queue, cell, cell->next) ||
        !has_turn(queue, lane, node, cell->next))
        return;
    const int by_step = queue->plan.schedule == SQ_SCHEDULE_STEP;
    cell->busy = 1;
    sq_heap_push(&queue->heap, (struct sq_ready){.major = by_step ? cell->next : node,
                                                 .minor = by_step ? node : cell->next,
                                                 .order = queue->order[lane],
                                                 .lane = lane,
                                                 .node = (uint16_t)node});
}

/* A coupled node has fired: the next lane of the batch may. */
static void pass_turn(struct sq_queue *queue, uint32_t lane, uint32_t node)
{
    const uint32_t group = lane / queue->plan.group;
    uint32_t *turn = turn_of(queue, lane, node);
    const uint32_t next = ++*turn % queue->n_members[group];
    try_ready(queue, group * queue->plan.group + next, node);
}

void sq_queue_begin_group(struct sq_queue *queue, uint32_t first_lane, uint32_t n)
{
    for (uint32_t node = 0; node < queue->plan.n_nodes; node++)
        *turn_of(queue, first_lane, node) = 0;
    queue->n_members[first_lane / queue->plan.group] = n;
}

void sq_queue_enter(struct sq_queue *queue, uint32_t lane, uint64_t order)
{
    assert(queue->unfinished[lane] == 0);
    queue->order[lane] = order;
    for (uint32_t node = 0; node < queue->plan.n_nodes; node++) {
        struct cell *cell = cell_at(queue, lane, node);
        cell->next = 0;
        for (uint32_t slot = 0; slot < queue->depth; slot++) {
            cell->missing[slot] = queue->plan.node[node].n_sources;
            cell->readers[slot] = 0;
        }
        queue->unfinished[lane] += !queue->plan.node[node].is_skipped;
    }
    for (uint32_t node = 0; node < queue->plan.n_nodes; node++)
        if (queue->plan.node[node].n_sources == 0 && !queue->plan.node[node].is_skipped)
            try_ready(queue, lane, node);
}

int sq_queue_take(struct sq_queue *queue, struct sq_firing *firing)
{
    if (queue->heap.n == 0)
        return 0;
    const struct sq_ready ready = sq_heap_pop(&queue->heap);
    const struct cell *cell = cell_at(queue, ready.lane, ready.node);
    *firing = (struct sq_firing){ready.lane, ready.node, cell->next, 1};
    if (queue->plan.schedule == SQ_SCHEDULE_LAYER && !is_coupled(queue, ready.node))
        while (firing->n_steps != queue->plan.node[ready.node].most_steps &&
               is_ready(queue, cell, firing->t + firing->n_steps))
            firing->n_steps++;
    return 1;
}

/* The packet of (node, t) is sent: each target awaits one packet fewer. */
static void send(struct sq_queue *queue, uint32_t lane, uint32_t node, uint32_t t)
{
    const struct sq_queue_node *from = &queue->plan.node[node];
    const uint32_t slot = slot_of(queue, t);
    cell_at(queue, lane, node)->readers[slot] = from->n_targets;
    for (uint32_t i = 0; i < from->n_targets; i++) {
        struct cell *target = cell_at(queue, lane, from->target[i]);
        assert(target->missing[slot] > 0);
        target->missing[slot]--;
        try_ready(queue, lane, from->target[i]);
    }
}

/* (node, t) has read its packets: their slots may become free, and it awaits those of t + depth. */
static void release(struct sq_queue *queue, uint32_t lane, uint32_t node, uint32_t t)
{
    const struct sq_queue_node *to = &queue->plan.node[node];
    const uint32_t slot = slot_of(queue, t);
    cell_at(queue, lane, node)->missing[slot] = to->n_sources;
    for (uint32_t i = 0; i < to->n_sources; i++) {
        struct cell *source = cell_at(queue, lane, to->source[i]);
        assert(source->readers[slot] > 0);
        if (--source->readers[slot] == 0)
            try_ready(queue, lane, to->source[i]);
    }
}

int sq_queue_done(struct sq_queue *queue, const struct sq_firing *firing)
{
    struct cell *cell = cell_at(queue, firing->lane, firing->node);
    const uint32_t end = firing->t + firing->n_steps;
    assert(cell->busy && cell->next == firing->t);
    cell->next = end;
    for (uint32_t t = firing->t; t < end; t++) {
        release(queue, firing->lane, firing->node, t);
        send(queue, firing->lane, firing->node, t);
    }
    cell->busy = 0;
    try_ready(queue, firing->lane, firing->node);
    if (is_coupled(queue, firing->node))
        pass_turn(queue, firing->lane, firing->node);
    return end == queue->plan.timesteps && --queue->unfinished[firing->lane] == 0;
}

size_t sq_queue_n_ready(const struct sq_queue *queue)
{
    return queue->heap.n;
}
