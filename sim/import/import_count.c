/* What imported spikes cost: the network's event queue with every population given. */
#include "kernels/base/bits.h"
#include "sim/engine/run.h"
#include "sim/import/sample_room.h"
#include "sim/nodes/kinds.h"

#include <string.h>

/* One import being counted. The queue holds one sample at a time, as the importer does. */
struct counting {
    struct sq_import *import;
    const struct sq_import_steps *steps;
    int32_t *population_of; /* [n_nodes] in the plan, or -1 */
    unsigned char *role;
    int has_input; /* event counts of frames: the first layer's inputs are known */
};

/* Reals were not recorded: layers that send them are counted by what they read, and what only adds or
 * pools them has nothing to count. */
static enum sq_role role_of(const struct sq_node *node)
{
    if (node->sends_reals)
        return sq_node_row[node->kind].tally != NULL ? SQ_COUNT : SQ_SKIP;
    return sq_node_is_population(node) || node->kind == SQ_NODE_HEAD ? SQ_COUNT : SQ_COMPUTE;
}

/* Populations of the plan are the network's nodes, in their order. */
static void match(struct counting *counting)
{
    const struct sq_network *network = counting->import->network;
    const struct sq_trace_plan *plan = &counting->import->plan;
    for (size_t i = 0; i < network->n_nodes; i++) {
        const struct sq_node *node = &network->node[i];
        counting->population_of[i] = -1;
        for (size_t p = 0; p < plan->n_populations; p++)
            if (strcmp(plan->population[p].name, node->name) == 0)
                counting->population_of[i] = (int32_t)p;
        counting->role[i] = (unsigned char)role_of(node);
    }
    counting->has_input = counting->population_of[0] >= 0;
    if (!counting->has_input)
        counting->role[0] = SQ_SKIP;
}

/* Event counts [T][row][channel] -> pixels [T][C][H][W]. */
static void take_pixels(const struct counting *counting, float *raw)
{
    const struct sq_trace_plan *plan = &counting->import->plan;
    const struct sq_trace_population *p = &plan->population[counting->population_of[0]];
    const uint16_t *value = counting->steps->room->value[counting->population_of[0]];
    for (uint32_t t = 0; t < plan->timesteps; t++, value += sq_trace_neurons(p))
        for (uint32_t c = 0; c < p->n_channels; c++)
            for (uint32_t r = 0; r < p->n_rows; r++)
                *raw++ = value[(size_t)r * p->n_channels + c];
}

static int enter(struct sq_error *err, void *data, uint32_t lane, uint64_t number, float *raw,
                 int32_t *label)
{
    const struct counting *counting = data;
    (void)err; /* the importer's own is the context's, which is the run's too */
    (void)lane;
    const int status = counting->steps->read(counting->steps->data, number);
    *label = -1;
    if (status == SQ_OK && counting->has_input)
        take_pixels(counting, raw);
    else if (status != SQ_OK)
        sq_error_copy(err, counting->import->err);
    return status;
}

static int inject(struct sq_error *err, void *data, unsigned worker, uint32_t lane, uint32_t t,
                  size_t node, uint64_t *bits)
{
    const struct counting *counting = data;
    const size_t n_words = sq_plane_words(&counting->import->network->node[node].shape);
    (void)err;
    (void)worker;
    (void)lane;
    memcpy(bits, counting->steps->room->bits[counting->population_of[node]] + (size_t)t * n_words,
           n_words * sizeof *bits);
    return SQ_OK;
}

static int finished(struct sq_error *err, void *data, const struct sq_outcome *outcome)
{
    const struct counting *counting = data;
    const int status = counting->steps->put(counting->steps->data, outcome);
    if (status != SQ_OK)
        sq_error_copy(err, counting->import->err);
    return status;
}

int sq_import_is_whole(const struct sq_import *import)
{
    size_t n = 0;
    for (size_t i = 0; import->network != NULL && i < import->network->n_nodes; i++)
        n += sq_node_is_population(&import->network->node[i]);
    for (size_t p = 0; p < import->plan.n_populations; p++)
        n -= import->plan.population[p].kind == SQ_TRACE_LIF;
    return import->network != NULL && n == 0;
}

int sq_import_count(struct sq_import *import, const struct sq_import_steps *steps)
{
    const struct sq_network *network = import->network;
    struct counting counting = {
        .import = import,
        .steps = steps,
        .population_of = sq_arena_alloc(&import->arena, network->n_nodes, sizeof(int32_t)),
        .role = sq_arena_alloc(&import->arena, network->n_nodes, 1)};
    struct sq_totals totals = {.tally = sq_arena_alloc(&import->arena,
                                                       network->n_nodes * network->config.timesteps,
                                                       sizeof *totals.tally)};
    if (counting.population_of == NULL || counting.role == NULL || totals.tally == NULL)
        return sq_fail(import->err, SQ_ENOMEM, "%s: out of memory", import->options->source);
    match(&counting);
    const struct sq_feed feed = {.end = import->plan.n_samples,
                                 .enter = enter,
                                 .inject = inject,
                                 .role = counting.role,
                                 .data = &counting};
    const struct sq_run_options options = {.threads = 1,
                                           .batch = 1,
                                           .schedule = SQ_SCHEDULE_LAYER,
                                           .isa = "auto",
                                           .finished = finished,
                                           .data = &counting};
    struct sq_error inner = {.warnings = import->err->warnings};
    const int status = sq_run(&inner, network, &feed, &options, &totals);
    if (status != SQ_OK)
        sq_error_copy(import->err, &inner);
    return status;
}
