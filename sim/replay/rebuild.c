#include "sim/replay/rebuild.h"

#include "sim/network/networks.h"
#include "sim/record/adders.h"
#include "sim/record/recorded_graph.h"
#include "sim/record/trace_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Is the stored population the node's, element for element? */
static int same_population(const struct sq_trace_population *a, const struct sq_trace_population *b)
{
    return a->n_rows == b->n_rows && a->n_channels == b->n_channels && a->n_dims == b->n_dims &&
           memcmp(a->dim, b->dim, a->n_dims * sizeof a->dim[0]) == 0 &&
           (a->channels_first == b->channels_first || a->n_rows == 1 || a->n_channels == 1) &&
           (a->kind == SQ_TRACE_INPUT) == (b->kind == SQ_TRACE_INPUT);
}

int sq_rebuild_match(struct sq_error *err, const struct sq_trace *trace,
                     const struct sq_network *network, int32_t *population_of)
{
    const struct sq_trace_plan *plan = sq_trace_plan_of(trace);
    size_t n_found = 0;
    if (plan->timesteps != network->config.timesteps)
        return sq_fail(err, SQ_ESHAPE,
                       "%s: has %u timesteps, the network %u; wrong " SQ_OPT "config?",
                       sq_trace_path(trace), plan->timesteps, network->config.timesteps);
    for (size_t i = 0; i < network->n_nodes; i++) {
        const struct sq_node *node = &network->node[i];
        population_of[i] = (int32_t)sq_trace_find(trace, node->name);
        if (population_of[i] < 0)
            continue;
        const struct sq_trace_population want = sq_trace_population_of(node);
        const struct sq_trace_population *found = &plan->population[population_of[i]];
        n_found++;
        if (!same_population(found, &want))
            return sq_fail(
                err, SQ_ESHAPE,
                "%s: %s has %u rows of %u channels there, the network %u of %u; wrong " SQ_OPT
                "model or " SQ_OPT "config?",
                sq_trace_path(trace), node->name, found->n_rows, found->n_channels, want.n_rows,
                want.n_channels);
    }
    for (size_t p = 0; n_found < plan->n_populations && p < plan->n_populations; p++) {
        size_t i = 0;
        while (i < network->n_nodes && population_of[i] != (int32_t)p)
            i++;
        if (i == network->n_nodes)
            return sq_fail(err, SQ_ESHAPE, "%s: has a population %s, the network has none",
                           sq_trace_path(trace), plan->population[p].name);
    }
    return SQ_OK;
}

/* Weights that are 0: pruned networks are priced by them. */
static void take_zeros(struct sq_network *network, const char *name, uint64_t zeros)
{
    for (size_t i = 0; i < network->n_synapses; i++)
        if (strcmp(network->synapse[i].name, name) == 0)
            network->synapse[i].weight_zeros = zeros;
    if (strcmp(network->head.name, name) == 0)
        network->head.weight_zeros = zeros;
}

static struct sq_node *find_node(struct sq_network *network, const char *id)
{
    for (size_t i = 0; i < network->n_nodes; i++)
        if (strcmp(network->node[i].name, id) == 0)
            return &network->node[i];
    return NULL;
}

/* An operation's zeros and the widths of its adders. */
static void take_operation(const struct sq_trace_operation *operation, struct sq_network *network)
{
    struct sq_node *node = find_node(network, operation->node);
    if (operation->weight_zeros > 0)
        take_zeros(network, operation->name, (uint64_t)operation->weight_zeros);
    if (node == NULL || operation->adder_bits == 0)
        return;
    node->adder_bits = operation->adder_bits;
    node->factor_bits = operation->factor_bits;
}

/* Version 1 has neither nodes nor operations. */
static int take_first_version(struct sq_error *err, const struct sq_trace *trace,
                              struct sq_network *network)
{
    const struct sq_trace_plan *plan = sq_trace_plan_of(trace);
    for (size_t i = 0; i < plan->n_synapses; i++)
        take_zeros(network, plan->synapse[i].name, plan->synapse[i].weight_zeros);
    return sq_adders_read(err, sq_trace_path(trace), sq_trace_meta(trace, "adders"), network);
}

/* What the recorded network was, beyond its configuration. Every node must be in the trace: what it
 * counted is found by its number there. */
static int take_operations(struct sq_error *err, const struct sq_trace *trace,
                           struct sq_network *network)
{
    const struct sq_trace_plan *plan = sq_trace_plan_of(trace);
    if (plan->version == SQ_TRACE_OLDEST_VERSION)
        return take_first_version(err, trace, network);
    size_t n_found = 0;
    for (size_t i = 0; i < plan->n_nodes; i++)
        n_found += find_node(network, plan->node[i].id) != NULL;
    if (n_found < network->n_nodes)
        return sq_fail(err, SQ_EFORMAT,
                       "%s: table node has %zu of the %zu nodes of its configuration; the file was "
                       "edited",
                       sq_trace_path(trace), n_found, network->n_nodes);
    for (size_t i = 0; i < plan->n_operations; i++)
        take_operation(&plan->operation[i], network);
    return SQ_OK;
}

static void take_text(const struct sq_trace *trace, const char *key, char *to, size_t size)
{
    const char *value = sq_trace_meta(trace, key);
    snprintf(to, size, "%s", value != NULL ? value : "");
}

static int take_model(struct sq_error *err, const struct sq_trace *trace,
                      struct sq_network *network)
{
    const char *container = sq_trace_meta(trace, "model_container");
    const char *parameters = sq_trace_meta(trace, "model_parameters");
    take_text(trace, "model_path", network->model_path, sizeof network->model_path);
    take_text(trace, "model_sha256", network->model_digest, sizeof network->model_digest);
    take_text(trace, "model_root", network->root, sizeof network->root);
    sq_networks_name(network->root, network->weights, sizeof network->weights);
    if (sq_trace_meta(trace, "model_weights") != NULL)
        take_text(trace, "model_weights", network->weights, sizeof network->weights);
    take_text(trace, "model_networks", network->networks, sizeof network->networks);
    take_text(trace, "arith", network->arith, sizeof network->arith);
    network->n_parameters = parameters != NULL ? strtoull(parameters, NULL, 10) : 0;
    network->container = sq_arena_strdup(&network->arena, container != NULL ? container : "");
    const char *why = sq_trace_meta(trace, "model_weights_why");
    network->weights_why = sq_arena_strdup(&network->arena, why != NULL ? why : "");
    return network->container != NULL && network->weights_why != NULL
               ? SQ_OK
               : sq_fail(err, SQ_ENOMEM, "%s: out of memory", sq_trace_path(trace));
}

int sq_rebuild_network(struct sq_error *err, const struct sq_trace *trace, struct sq_network **out)
{
    struct sq_network *network = NULL;
    int32_t *population_of = NULL;
    int status = sq_recorded_network(err, trace, &network);
    if (status != SQ_OK)
        return status;
    population_of = sq_arena_alloc(&network->arena, network->n_nodes, sizeof *population_of);
    status = population_of != NULL
                 ? sq_rebuild_match(err, trace, network, population_of)
                 : sq_fail(err, SQ_ENOMEM, "%s: out of memory", sq_trace_path(trace));
    if (status == SQ_OK)
        status = take_model(err, trace, network);
    if (status == SQ_OK)
        status = take_operations(err, trace, network);
    if (status != SQ_OK) {
        sq_network_free(network);
        return status;
    }
    *out = network;
    return SQ_OK;
}
