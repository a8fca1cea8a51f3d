#include "sim/record/trace_plan.h"

#include "sim/config/config_write.h"
#include "sim/json/json.h"
#include "sim/record/describe_graph.h"
#include "traces/format/description.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_META = 32 };

/* A plan under construction. */
struct draft {
    struct sq_error *err;
    struct sq_arena *arena;
    const struct sq_network *network;
    const struct sq_trace_request *request;
    struct sq_trace_plan *plan;
    struct sq_trace_meta *meta;
    int ok; /* 0: out of memory */
};

static int no_memory(struct sq_error *err)
{
    return sq_fail(err, SQ_ENOMEM, "out of memory for the plan of a trace");
}

/* Multispike neurons: a row of each virtual timestep, an axis of them behind the channels. */
static void expand_levels(struct sq_trace_population *p, uint32_t n_levels)
{
    uint32_t at = p->channels_first && p->n_rows > 1 ? 1 : 0;
    if (p->n_rows == 1)
        p->channels_first = 0;
    for (uint32_t i = p->n_dims++; i > at; i--)
        p->dim[i] = p->dim[i - 1];
    p->dim[at] = n_levels;
    p->n_rows *= n_levels;
}

struct sq_trace_population sq_trace_population_of(const struct sq_node *node)
{
    const struct sq_spike_shape *shape = &node->shape;
    struct sq_trace_population p = {.kind =
                                        node->kind == SQ_NODE_INPUT ? SQ_TRACE_INPUT : SQ_TRACE_LIF,
                                    .n_rows = shape->n_rows,
                                    .n_channels = shape->n_channels,
                                    .channels_first = sq_node_channels_first(node),
                                    .threshold = (double)node->threshold};
    uint64_t dim[3];
    snprintf(p.name, sizeof p.name, "%s", node->name);
    p.n_dims = sq_node_dims(node, dim);
    for (uint32_t i = 0; i < p.n_dims; i++)
        p.dim[i] = (uint32_t)dim[i];
    if (sq_node_levels(node) > 1)
        expand_levels(&p, sq_node_levels(node));
    return p;
}

int sq_trace_may_hold(const struct sq_network *network, const struct sq_node *node)
{
    return sq_node_is_population(node) ||
           (node->kind == SQ_NODE_INPUT && sq_network_takes_frames(network));
}

/* Is it recorded? What a trace may hold is, where the patterns do not leave it out. */
static int is_wanted(const struct draft *draft, size_t index)
{
    const struct sq_node *node = &draft->network->node[index];
    if (draft->request->is_silent != NULL && draft->request->is_silent[index])
        return 0;
    if (!sq_trace_may_hold(draft->network, node))
        return 0;
    return sq_globs_match(draft->request->populations, node->name);
}

static int add_populations(struct draft *draft, int32_t *population_of)
{
    const struct sq_network *network = draft->network;
    struct sq_trace_population *population =
        sq_arena_alloc(draft->arena, network->n_nodes, sizeof *population);
    size_t n = 0;
    if (population == NULL)
        return no_memory(draft->err);
    for (size_t i = 0; i < network->n_nodes; i++) {
        population_of[i] = -1;
        if (!is_wanted(draft, i))
            continue;
        population_of[i] = (int32_t)n;
        population[n++] = sq_trace_population_of(&network->node[i]);
    }
    draft->plan->population = population;
    draft->plan->n_populations = n;
    return n > 0 ? SQ_OK
                 : sq_fail(draft->err, SQ_EUSAGE,
                           SQ_OPT "trace-populations %s: matches no population of %s",
                           draft->request->populations != NULL ? draft->request->populations : "*",
                           network->config.name);
}

int sq_trace_plan_synapses(struct sq_error *err, struct sq_arena *arena,
                           const struct sq_network *network, struct sq_trace_plan *plan)
{
    struct sq_trace_synapse *synapse = sq_arena_alloc(arena, network->n_nodes, sizeof *synapse);
    size_t n = 0;
    if (synapse == NULL)
        return no_memory(err);
    for (size_t i = 0; i < network->n_nodes; i++) {
        const struct sq_node *node = &network->node[i];
        const struct sq_synapse *weights = sq_node_weights(network, node);
        if (weights == NULL)
            continue;
        struct sq_trace_synapse *s = &synapse[n++];
        snprintf(s->name, sizeof s->name, "%s", weights->name);
        snprintf(s->kind, sizeof s->kind, "%s", sq_synapse_kind(network, node));
        snprintf(s->source, sizeof s->source, "%s", network->node[node->source[0]].name);
        snprintf(s->target, sizeof s->target, "%s", node->name);
        s->n_in = weights->n_in;
        s->n_out = weights->n_out;
        s->dense = weights->dense;
        s->weight_zeros = weights->weight_zeros;
    }
    plan->synapse = synapse;
    plan->n_synapses = n;
    return SQ_OK;
}

int sq_trace_plan_meta(struct sq_error *err, struct sq_arena *arena, struct sq_trace_meta *meta,
                       size_t *n, const char *key, const char *value)
{
    char *copy = sq_arena_strdup(arena, value);
    if (copy == NULL)
        return no_memory(err);
    for (char *c = copy; *c != '\0'; c++)
        if (*c == '\n' || *c == '\r')
            *c = ' ';
    meta[(*n)++] = (struct sq_trace_meta){key, copy};
    return SQ_OK;
}

/* An entry, unless there is nothing to say. */
static void add_meta(struct draft *draft, const char *key, const char *value)
{
    if (value != NULL && draft->ok)
        draft->ok = sq_trace_plan_meta(draft->err, draft->arena, draft->meta, &draft->plan->n_meta,
                                       key, value) == SQ_OK;
}

static void add_number(struct draft *draft, const char *key, uint64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, value);
    add_meta(draft, key, value != SQ_TRACE_SAMPLES_UNKNOWN ? text : SQ_META_UNKNOWN);
}

/* A text that is freed. */
static void add_own(struct draft *draft, const char *key, char *text)
{
    draft->ok &= text != NULL;
    add_meta(draft, key, text);
    free(text);
}

static char *one_line(cJSON *json)
{
    char *text = sq_json_print_line(json);
    cJSON_Delete(json);
    return text;
}

char *sq_trace_plan_config(const struct sq_network *network)
{
    return one_line(sq_config_to_json(&network->config));
}

static int add_all_meta(struct draft *draft)
{
    const struct sq_network *network = draft->network;
    const struct sq_trace_request *request = draft->request;
    draft->meta = sq_arena_alloc(draft->arena, MAX_META, sizeof *draft->meta);
    if (draft->meta == NULL)
        return no_memory(draft->err);
    draft->plan->meta = draft->meta;
    add_meta(draft, "spikeq", SQ_VERSION);
    add_meta(draft, "arith", request->arith);
    if (request->couple_batch > 0)
        add_number(draft, SQ_META_COUPLE_BATCH, request->couple_batch);
    add_meta(draft, "command", request->command);
    if (network->model_digest[0] != '\0') {
        add_meta(draft, "model_path", network->model_path);
        add_meta(draft, "model_sha256", network->model_digest);
        add_meta(draft, "model_container", network->container);
        add_meta(draft, "model_root", network->root);
        if (network->networks[0] != '\0') {
            add_meta(draft, "model_weights", network->weights);
            add_meta(draft, "model_networks", network->networks);
            add_meta(draft, "model_weights_why", network->weights_why);
        }
        add_number(draft, "model_parameters", network->n_parameters);
    }
    add_meta(draft, "architecture", network->graph.architecture);
    add_number(draft, "unused_parameters", network->graph.unused_parameters);
    add_own(draft, "config", sq_trace_plan_config(network));
    add_meta(draft, "input_path", request->input_path);
    add_meta(draft, "input_sha256", request->input_sha256);
    add_meta(draft, "input_names_sha256", request->input_names_sha256);
    add_meta(draft, "input_description", request->input_description);
    add_meta(draft, "input_frames", request->input_frames);
    add_meta(draft, SQ_META_WARNINGS, request->warnings);
    add_meta(draft, "populations", request->populations != NULL ? request->populations : "*");
    add_number(draft, "first_sample", request->samples.first);
    add_number(draft, "run_samples", request->n_planned);
    add_meta(draft, SQ_META_SHARD, request->shard);
    add_meta(draft, SQ_META_SHARD_FROM, request->shard_from);
    add_meta(draft, "parent", request->parent);
    add_meta(draft, "parent_path", request->parent_path);
    add_meta(draft, "change", request->change);
    return draft->ok ? SQ_OK : no_memory(draft->err);
}

/* Samples that are recorded, of those before `end` that run. */
static uint64_t n_recorded(const struct sq_trace_request *request, uint64_t end)
{
    const struct sq_range share = request->share;
    const int is_part = share.end > 0;
    const uint64_t first =
        is_part && share.first > request->samples.first ? share.first : request->samples.first;
    const uint64_t last = is_part && share.end < end ? share.end : end;
    return first < last ? last - first : 0;
}

int sq_trace_plan_make(struct sq_error *err, struct sq_arena *arena,
                       const struct sq_network *network, const struct sq_trace_request *request,
                       struct sq_trace_plan *plan, int32_t *population_of)
{
    struct draft draft = {err, arena, network, request, plan, NULL, 1};
    const uint64_t end =
        request->samples.end < request->n_planned ? request->samples.end : request->n_planned;
    *plan = (struct sq_trace_plan){
        .timesteps = network->config.timesteps, .detail = request->detail, .codec = request->codec};
    if (request->samples.first >= end && request->n_planned > 0)
        return sq_fail(err, SQ_EUSAGE,
                       SQ_OPT "trace-samples: begin at sample %" PRIu64
                              ", but the run has %" PRIu64,
                       request->samples.first, request->n_planned);
    plan->n_samples = request->n_planned == SQ_TRACE_SAMPLES_UNKNOWN ? SQ_TRACE_SAMPLES_UNKNOWN
                                                                     : n_recorded(request, end);
    int status = add_populations(&draft, population_of);
    if (status == SQ_OK)
        status = sq_trace_plan_synapses(err, arena, network, plan);
    if (status == SQ_OK)
        status = sq_trace_describe(err, arena, network, plan);
    return status == SQ_OK ? add_all_meta(&draft) : status;
}
