/* A model of the event queue that knows nothing of heaps and counters: who may fire is found by
 * trying everybody, from the invariants of queue.h. */
#ifndef SQ_TEST_QUEUE_MODEL_H
#define SQ_TEST_QUEUE_MODEL_H

#include "sim/queue/queue.h"
#include "test/unit.h"

enum { MAX_NODES = 14, MAX_LANES = 4, MAX_T = 7, MAX_FLIGHTS = 6, MAX_SAMPLES = 6 };

struct graph {
    struct sq_queue_node node[MAX_NODES];
    uint16_t source[MAX_NODES][3], target[MAX_NODES][MAX_NODES];
    uint16_t n_nodes;
};

/* One node in one lane. A slot holds the timestep of the packet in it, or -1. */
struct model_cell {
    uint32_t sent; /* timesteps 0 .. sent - 1 are done */
    int is_out;    /* a worker has it */
    int slot[MAX_T];
};

struct model {
    struct sq_rng rng;
    uint64_t seed;
    struct graph graph;
    struct sq_queue_plan plan;
    struct sq_queue *queue;
    uint32_t depth;
    int is_active[MAX_LANES];
    uint64_t sample[MAX_LANES], n_entered, n_finished, n_samples;
    struct model_cell cell[MAX_LANES][MAX_NODES];
    struct sq_firing flight[MAX_FLIGHTS];
    size_t n_flights, max_flights;
    unsigned char fired[MAX_SAMPLES][MAX_NODES][MAX_T];
};

/* No ck_assert() a step: each is a message between processes. */
#define REQUIRE(m, condition, format, ...)                                                  \
    do {                                                                                    \
        if (!(condition))                                                                   \
            ck_abort_msg("seed %llu: " format, (unsigned long long)(m)->seed, __VA_ARGS__); \
    } while (0)

static inline int has_source(const struct graph *graph, uint16_t node, uint16_t source)
{
    for (uint16_t i = 0; i < graph->node[node].n_sources; i++)
        if (graph->source[node][i] == source)
            return 1;
    return 0;
}

static inline void connect(struct graph *graph, uint16_t source, uint16_t node)
{
    graph->source[node][graph->node[node].n_sources++] = source;
    graph->target[source][graph->node[source].n_targets++] = node;
}

/* Node 0 is the input; every other node has one to three sources before it. */
static inline void draw_graph(struct sq_rng *rng, struct graph *graph)
{
    graph->n_nodes = (uint16_t)(1 + sq_rng_below(rng, MAX_NODES));
    for (uint16_t node = 0; node < graph->n_nodes; node++) {
        graph->node[node].source = graph->source[node];
        graph->node[node].target = graph->target[node];
    }
    for (uint16_t node = 1; node < graph->n_nodes; node++)
        for (uint64_t i = 0, n = 1 + sq_rng_below(rng, 3); i < n; i++) {
            const uint16_t source = (uint16_t)sq_rng_below(rng, node);
            if (!has_source(graph, node, source))
                connect(graph, source, node);
        }
}

/* Every target of (lane, node) has done timestep t. */
static inline int is_read(const struct model *m, uint32_t lane, uint16_t node, int t)
{
    for (uint16_t i = 0; i < m->graph.node[node].n_targets; i++)
        if (m->cell[lane][m->graph.target[node][i]].sent <= (uint32_t)t)
            return 0;
    return 1;
}

/* May the node compute timestep t, by packets and slot? */
static inline int can_fire(const struct model *m, uint32_t lane, uint16_t node, uint32_t t)
{
    const struct model_cell *cell = &m->cell[lane][node];
    if (t >= m->plan.timesteps)
        return 0;
    for (uint16_t i = 0; i < m->graph.node[node].n_sources; i++)
        if (m->cell[lane][m->graph.source[node][i]].sent <= t)
            return 0;
    const int there = cell->slot[t % m->depth];
    return there < 0 || is_read(m, lane, node, there);
}

static inline int is_ready(const struct model *m, uint32_t lane, uint16_t node)
{
    const struct model_cell *cell = &m->cell[lane][node];
    return m->is_active[lane] && !cell->is_out && can_fire(m, lane, node, cell->sent);
}

/* The schedule's key as one number: all fields are small. */
static inline uint64_t key_of(const struct model *m, uint32_t lane, uint16_t node)
{
    const uint64_t t = m->cell[lane][node].sent;
    const uint64_t major = m->plan.schedule == SQ_SCHEDULE_STEP ? t : node;
    const uint64_t minor = m->plan.schedule == SQ_SCHEDULE_STEP ? node : t;
    return major << 32 | minor << 16 | m->sample[lane];
}

static inline size_t find_ready(const struct model *m, uint64_t *least)
{
    size_t n = 0;
    *least = UINT64_MAX;
    for (uint32_t lane = 0; lane < m->plan.n_lanes; lane++)
        for (uint16_t node = 0; node < m->graph.n_nodes; node++)
            if (is_ready(m, lane, node)) {
                const uint64_t key = key_of(m, lane, node);
                *least = key < *least ? key : *least;
                n++;
            }
    return n;
}

#endif
