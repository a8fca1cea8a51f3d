#include "sim/engine/roles.h"

/* Does `to` await the packets of `from`? */
static int awaits(const struct sq_feed *feed, size_t from, size_t to)
{
    const enum sq_role sender = sq_role_of(feed, from), receiver = sq_role_of(feed, to);
    return sender != SQ_SKIP && (receiver == SQ_COMPUTE || receiver == SQ_COUNT);
}

/* Copy those of the n ends of node's edges that are awaited; returns how many. */
static uint16_t copy_sources(const struct sq_feed *feed, const struct sq_node *node, size_t index,
                             uint16_t *to)
{
    uint16_t n = 0;
    for (uint16_t i = 0; i < node->n_sources; i++)
        if (awaits(feed, node->source[i], index))
            to[n++] = node->source[i];
    return n;
}

static uint16_t copy_targets(const struct sq_feed *feed, const struct sq_node *node, size_t index,
                             uint16_t *to)
{
    uint16_t n = 0;
    for (uint16_t i = 0; i < node->n_targets; i++)
        if (awaits(feed, index, node->target[i]))
            to[n++] = node->target[i];
    return n;
}

/* Ends of edges, two of each. */
static size_t count_ends(const struct sq_network *network)
{
    size_t n = 0;
    for (size_t i = 0; i < network->n_nodes; i++)
        n += (size_t)network->node[i].n_sources + network->node[i].n_targets;
    return n;
}

int sq_roles_plan(struct sq_error *err, struct sq_arena *arena, const struct sq_network *network,
                  const struct sq_feed *feed, struct sq_queue_node **out)
{
    const size_t n = network->n_nodes;
    struct sq_queue_node *plan = sq_arena_alloc(arena, n, sizeof *plan);
    uint16_t *edge = sq_arena_alloc(arena, count_ends(network), sizeof *edge);
    if (plan == NULL || edge == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for the event queue");
    for (size_t i = 0; i < n; i++) {
        const struct sq_node *node = &network->node[i];
        plan[i] = (struct sq_queue_node){.source = edge,
                                         .target = edge + node->n_sources,
                                         .is_skipped = sq_role_of(feed, i) == SQ_SKIP,
                                         .is_coupled = node->graph->is_batch_coupled &&
                                                       sq_role_of(feed, i) == SQ_COMPUTE};
        plan[i].n_sources = copy_sources(feed, node, i, edge);
        plan[i].n_targets = copy_targets(feed, node, i, edge + node->n_sources);
        edge += node->n_sources + node->n_targets;
    }
    *out = plan;
    return SQ_OK;
}
