#include "sim/record/recorded_graph.h"

#include "sim/json/json.h"
#include "sim/network/make_graph.h"
#include "sim/ops/graph_object.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int has_tables(const struct sq_trace *trace)
{
    return sq_trace_plan_of(trace)->n_nodes > 0;
}

/* One row of the table as the node of a flat graph: its parameters, then what it is called. NULL: its
 * parameters or inputs are not JSON. */
static cJSON *node_object(const struct sq_trace_node *node)
{
    cJSON *object = sq_json_parse(node->parameters, strlen(node->parameters), NULL, NULL);
    cJSON *inputs = sq_json_parse(node->inputs, strlen(node->inputs), NULL, NULL);
    if (!cJSON_IsObject(object) || !cJSON_IsArray(inputs)) {
        cJSON_Delete(object);
        cJSON_Delete(inputs);
        return NULL;
    }
    sq_json_add_text(object, "id", node->id);
    sq_json_add_text(object, "op", node->op);
    sq_json_add_item(object, "in", inputs);
    return object;
}

/* The rows as a list; NULL after a refusal. */
static cJSON *node_list(struct sq_error *err, const struct sq_trace *trace)
{
    const struct sq_trace_plan *plan = sq_trace_plan_of(trace);
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; i < plan->n_nodes; i++) {
        cJSON *node = node_object(&plan->node[i]);
        if (node == NULL) {
            sq_fail(err, SQ_EFORMAT,
                    "%s: table node: node \"%s\": its parameters or inputs are not JSON",
                    sq_trace_path(trace), plan->node[i].id);
            cJSON_Delete(list);
            return NULL;
        }
        sq_json_append(list, node);
    }
    return list;
}

/* `nodes` becomes a part of it. */
static cJSON *graph_object(const struct sq_trace *trace, cJSON *nodes)
{
    const char *architecture = sq_trace_meta(trace, "architecture");
    const char *unused = sq_trace_meta(trace, "unused_parameters");
    cJSON *object = cJSON_CreateObject();
    sq_json_add_text(object, "architecture", architecture != NULL ? architecture : "");
    sq_json_add_text(object, "unused_parameters", unused != NULL ? unused : "0");
    sq_json_add_item(object, "nodes", nodes);
    return object;
}

static int graph_of_tables(struct sq_error *err, const struct sq_trace *trace,
                           struct sq_graph *graph)
{
    char origin[600];
    cJSON *nodes = node_list(err, trace);
    if (nodes == NULL)
        return SQ_EFORMAT;
    cJSON *object = graph_object(trace, nodes);
    snprintf(origin, sizeof origin, "%.560s: table node", sq_trace_path(trace));
    const int status = sq_json_is_whole(object)
                           ? sq_graph_from_object(err, origin, object, graph)
                           : sq_fail(err, SQ_ENOMEM, "%s: out of memory", sq_trace_path(trace));
    cJSON_Delete(object);
    return status;
}

/* Version 1: the configuration alone says what was recorded. */
static int graph_of_config(struct sq_error *err, const struct sq_trace *trace,
                           struct sq_graph *graph)
{
    struct sq_config config;
    const int status = sq_recorded_config(err, trace, &config);
    return status == SQ_OK ? sq_graph_from_config(err, &config, graph) : status;
}

int sq_recorded_graph(struct sq_error *err, const struct sq_trace *trace, struct sq_graph *graph)
{
    *graph = (struct sq_graph){.n_nodes = 0};
    return has_tables(trace) ? graph_of_tables(err, trace, graph)
                             : graph_of_config(err, trace, graph);
}

int sq_recorded_config(struct sq_error *err, const struct sq_trace *trace, struct sq_config *config)
{
    char origin[512];
    const char *text = sq_trace_meta(trace, "config");
    if (text == NULL && !has_tables(trace))
        return sq_fail(err, SQ_EUNSUPPORTED,
                       "%s: was recorded without a network's configuration: only what needs no "
                       "network can be asked of it",
                       sq_trace_path(trace));
    snprintf(origin, sizeof origin, "%s: meta config", sq_trace_path(trace));
    if (text != NULL)
        return sq_config_from_text(err, origin, text, config);
    *config = (struct sq_config){.timesteps = sq_trace_plan_of(trace)->timesteps};
    return SQ_OK;
}

/* As far as it can be read; the graph says what the network is. Without it the network is called by
 * its architecture. */
static int take_config(struct sq_error *err, const struct sq_trace *trace, struct sq_config *config)
{
    const char *architecture = sq_trace_meta(trace, "architecture");
    const int status = sq_recorded_config(NULL, trace, config);
    if (status == SQ_ENOMEM)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", sq_trace_path(trace));
    if (status != SQ_OK)
        *config = (struct sq_config){.timesteps = sq_trace_plan_of(trace)->timesteps};
    if (config->name[0] == '\0')
        snprintf(config->name, sizeof config->name, "%.63s",
                 architecture != NULL ? architecture : "");
    return SQ_OK;
}

int sq_recorded_network(struct sq_error *err, const struct sq_trace *trace, struct sq_network **out)
{
    struct sq_config config;
    struct sq_graph graph;
    int status = SQ_OK;
    if (!has_tables(trace)) {
        status = sq_recorded_config(err, trace, &config);
        return status == SQ_OK ? sq_network_without_weights(err, &config, out) : status;
    }
    status = take_config(err, trace, &config);
    if (status != SQ_OK)
        return status;
    status = sq_recorded_graph(err, trace, &graph);
    if (status == SQ_OK)
        return sq_network_of_graph(err, &config, &graph, out);
    sq_graph_free(&graph);
    return status;
}
