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

/* By the trace's table of nodes. SQ_ENOMEM. */
static int take_nodes(const struct sq_trace_plan *plan, struct sq_export_role *role,
                      uint32_t *heads)
{
    for (size_t i = 0; i < plan->n_nodes; i++) {
        const struct sq_trace_node *node = &plan->node[i];
        int no_memory;
        cJSON *parameters =
            sq_json_parse(node->parameters, strlen(node->parameters), NULL, &no_memory);
        if (no_memory)
            return SQ_ENOMEM;
        const int32_t found = parameter_of(parameters, "heads");
        if (found > 0)
            *heads = (uint32_t)found;
        if (node->population >= 0) {
            role[node->population].block = parameter_of(parameters, "block");
            snprintf(role[node->population].role, sizeof role->role, "%.23s", node->roles);
        }
        cJSON_Delete(parameters);
    }
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
        status = take_nodes(plan, role, &export->heads);
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

int spikeq_export(spikeq_ctx *ctx, const struct spikeq_export_options *options)
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
