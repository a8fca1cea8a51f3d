/* spikeq_export(): the format, and what only the simulator knows of a trace. */
#include "traces/export/export.h"

#include "sim/api/context.h"
#include "sim/json/json.h"
#include "sim/record/recorded_graph.h"
#include "sim/record/trace_warnings.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const struct {
    const char *name;
    int (*run)(struct sq_error *err, const struct sq_export *export);
} format[] = {
    {"npz", sq_export_npz},
    {"csv", sq_export_csv},
    {"hdf5", sq_export_hdf5},
    {"aer", sq_export_aer},
    {"prosperity", sq_export_prosperity},
};

enum { N_FORMATS = sizeof format / sizeof format[0] };

static size_t find_format(const char *name)
{
    size_t i = 0;
    while (i < N_FORMATS && strcmp(format[i].name, name) != 0)
        i++;
    return i;
}

/* A number among a node's parameters; -1: there is no such number. */
static int32_t parameter_of(const cJSON *parameters, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(parameters, name);
    return cJSON_IsNumber(item) ? (int32_t)item->valueint : -1;
}

/* What tells apart the networks that Prosperity has layers for. */
struct findings {
    const struct sq_trace_node *unlike;     /* that none of them has */
    const struct sq_trace_node *real_add;   /* a stream of reals */
    const struct sq_trace_node *sum_tokens; /* of spikes, to gate others */
};

static void look_at(const struct sq_trace_node *node, struct findings *found)
{
    static const char *const unlike[] = {"erode", "sum_channels", "dssa_score", "and_not",
                                         "dssa_mix"};
    for (size_t i = 0; found->unlike == NULL && i < sizeof unlike / sizeof *unlike; i++)
        if (strcmp(node->op, unlike[i]) == 0)
            found->unlike = node;
    if (found->real_add == NULL && strcmp(node->op, "add") == 0 &&
        node->edge == SQ_TRACE_EDGE_REALS)
        found->real_add = node;
    if (strcmp(node->op, "sum_tokens") == 0)
        found->sum_tokens = node;
}

static enum sq_export_form form_of(const struct findings *found)
{
    if (found->unlike != NULL || (found->real_add != NULL && found->sum_tokens == NULL))
        return SQ_EXPORT_OTHER;
    return found->sum_tokens != NULL ? SQ_EXPORT_SDT : SQ_EXPORT_SPIKFORMER;
}

/* The population whose spikes a node pools, if it does that. SQ_ENOMEM. */
static int note_pooling(const struct sq_trace_plan *plan, const struct sq_trace_node *node,
                        struct sq_export_role *role)
{
    int no_memory = 0;
    if (strcmp(node->op, "maxpool") != 0)
        return SQ_OK;
    cJSON *inputs = sq_json_parse(node->inputs, strlen(node->inputs), NULL, &no_memory);
    const char *from = cJSON_GetStringValue(cJSON_GetArrayItem(inputs, 0));
    for (size_t i = 0; from != NULL && i < plan->n_nodes; i++)
        if (strcmp(plan->node[i].id, from) == 0 && plan->node[i].population >= 0)
            role[plan->node[i].population].is_pooled = 1;
    cJSON_Delete(inputs);
    return no_memory ? SQ_ENOMEM : SQ_OK;
}

/* By the trace's table of nodes. SQ_ENOMEM. */
static int take_nodes(const struct sq_trace_plan *plan, struct sq_export_role *role,
                      struct sq_export *export)
{
    struct findings found = {NULL, NULL, NULL};
    for (size_t i = 0; i < plan->n_nodes; i++) {
        const struct sq_trace_node *node = &plan->node[i];
        int no_memory;
        cJSON *parameters =
            sq_json_parse(node->parameters, strlen(node->parameters), NULL, &no_memory);
        if (no_memory || note_pooling(plan, node, role) != SQ_OK) {
            cJSON_Delete(parameters);
            return SQ_ENOMEM;
        }
        const int32_t heads = parameter_of(parameters, "heads");
        if (heads > 0)
            export->heads = (uint32_t)heads;
        if (node->population >= 0) {
            role[node->population].block = parameter_of(parameters, "block");
            snprintf(role[node->population].role, sizeof role->role, "%.23s", node->roles);
        }
        look_at(node, &found);
        cJSON_Delete(parameters);
    }
    export->form = form_of(&found);
    const struct sq_trace_node *unlike = found.unlike != NULL ? found.unlike : found.real_add;
    if (export->form == SQ_EXPORT_OTHER)
        snprintf(export->unlike, sizeof export->unlike, "node %.63s (%s%.31s)", unlike->id,
                 unlike->edge == SQ_TRACE_EDGE_REALS && unlike == found.real_add ? "reals, " : "",
                 unlike->op);
    return SQ_OK;
}

/* By the network of a trace of version 1; nothing where it describes none. SQ_ENOMEM. */
static int take_network(const struct sq_trace *trace, struct sq_export_role *role, uint32_t *heads)
{
    struct sq_network *network;
    const int status = sq_recorded_network(NULL, trace, &network);
    if (status != SQ_OK)
        return status == SQ_ENOMEM ? status : SQ_OK;
    for (size_t i = 0; i < network->n_nodes; i++) {
        const struct sq_node *node = &network->node[i];
        const int64_t p = sq_trace_find(trace, node->name);
        if (node->kind == SQ_NODE_ATTEND)
            *heads = node->attend.n_heads;
        if (p < 0 || !sq_node_is_population(node))
            continue;
        snprintf(role[p].role, sizeof role[p].role, "%s", node->graph->role);
        role[p].block = node->graph->block;
    }
    sq_network_free(network);
    return SQ_OK;
}

/* What each population is in the network that was recorded, and its attention's heads. SQ_ENOMEM. */
static int find_roles(struct sq_error *err, struct sq_arena *arena, struct sq_export *export)
{
    const struct sq_trace_plan *plan = sq_trace_plan_of(export->trace);
    struct sq_export_role *role = sq_arena_alloc(arena, plan->n_populations, sizeof *role);
    int status = role != NULL ? SQ_OK : SQ_ENOMEM;
    for (size_t i = 0; status == SQ_OK && i < plan->n_populations; i++)
        role[i].block = -1;
    if (status == SQ_OK && plan->n_nodes > 0)
        status = take_nodes(plan, role, export);
    else if (status == SQ_OK)
        status = take_network(export->trace, role, &export->heads);
    export->role = role;
    return status == SQ_OK
               ? SQ_OK
               : sq_fail(err, status, "%s: out of memory", sq_trace_path(export->trace));
}

/* An export that replaces its own source would lose what was recorded. */
static int is_same_file(const char *a, const char *b)
{
    struct stat of_a, of_b;
    return stat(a, &of_a) == 0 && stat(b, &of_b) == 0 && of_a.st_dev == of_b.st_dev &&
           of_a.st_ino == of_b.st_ino;
}

int sq_api_export(spikeq_ctx *ctx, const struct sq_export_choices *options)
{
    struct sq_export export = {.globs = options->populations,
                               .out = options->out != NULL ? options->out : "-",
                               .force = options->force};
    struct sq_arena arena = {NULL, 0};
    if (options->trace == NULL || options->to == NULL)
        return sq_fail(&ctx->error, SQ_EUSAGE, "an export needs a trace and a format");
    const size_t chosen = find_format(options->to);
    if (chosen == N_FORMATS)
        return sq_fail(&ctx->error, SQ_EUSAGE,
                       SQ_OPT "to %s: not one of npz, csv, hdf5, aer, prosperity", options->to);
    if (is_same_file(options->trace, export.out))
        return sq_fail(&ctx->error, SQ_EUSAGE, "%s: is the trace itself; give another file",
                       export.out);
    int status = sq_range_parse(&ctx->error, SQ_OPT "samples", options->samples, &export.range);
    if (status == SQ_OK)
        status = sq_trace_open(&ctx->error, options->trace, &export.trace);
    if (status != SQ_OK)
        return status;
    status = find_roles(&ctx->error, &arena, &export);
    if (status == SQ_OK)
        status = sq_warnings_of_trace(&ctx->error, export.trace, NULL);
    if (status == SQ_OK)
        status = format[chosen].run(&ctx->error, &export);
    sq_trace_close(export.trace);
    sq_arena_free(&arena);
    return status;
}
