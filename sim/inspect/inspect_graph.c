#include "sim/inspect/inspect_graph.h"

#include "kernels/base/plural.h"
#include "sim/account/price/pricing.h"
#include "sim/config/config_write.h"
#include "sim/graph/architecture.h"
#include "sim/graph/graph_text.h"
#include "sim/json/page.h"
#include "sim/ops/account_operations.h"
#include "sim/ops/graph_object.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char *sq_graph_form_name(enum sq_graph_form form)
{
    static const char *const name[SQ_GRAPH_FORMS] = {"text", "json", "dot", "mermaid"};
    return name[form];
}

/* Sums over all nodes. */
struct totals {
    uint64_t populations, neurons, weights;
    uint64_t operations, macs, macs_once; /* dense: two of a timestep, one of a sample */
};

static void note_operation(const struct sq_op *op, struct sq_graph_note *note,
                           struct totals *totals)
{
    const bool is_layer =
        op->kind == SQ_OP_CONV || op->kind == SQ_OP_LINEAR || op->kind == SQ_OP_DSSA;
    if (op->kind == SQ_OP_NEURON) {
        totals->populations++;
        totals->neurons += op->n_out;
    }
    if (!is_layer && op->kind != SQ_OP_SSA)
        return;
    note->weights = op->weights;
    note->fan_out = is_layer ? op->fan : 0;
    note->dense = is_layer ? op->dense_in : (uint64_t)sq_op_dense(op);
    note->multiplies = op->is_analog || op->is_head;
    note->is_once = op->is_head;
    totals->weights += op->weights;
    *(note->is_once      ? &totals->macs_once
      : note->multiplies ? &totals->macs
                         : &totals->operations) += note->dense;
}

static int make_notes(struct sq_error *err, const struct sq_network *network,
                      struct sq_graph_note *note, struct totals *totals)
{
    struct sq_counters counters = {.n_ops = 0};
    const struct sq_graph *graph = &network->graph;
    const int status = sq_counters_from_graph(err, network->config.name, graph,
                                              network->config.timesteps, &counters);
    for (size_t i = 0; status == SQ_OK && i < counters.n_ops; i++)
        note_operation(&counters.op[i], &note[counters.op[i].node], totals);
    for (uint32_t i = 0; i < graph->n_nodes; i++) {
        const struct sq_node *node = sq_network_node_of(network, i);
        note[i].step = node != NULL ? (uint32_t)(node - network->node) + 1 : 0;
    }
    sq_counters_free(&counters);
    return status;
}

static void write_heading(FILE *to, const struct sq_network *network, const struct totals *totals)
{
    const struct sq_config *config = &network->config;
    fprintf(to, "architecture %s, configuration %s, T = %u\n", network->graph.architecture,
            config->name, config->timesteps);
    char assumed[SQ_ASSUMED_TEXT];
    sq_config_assumed_text(config, assumed, sizeof assumed);
    if (assumed[0] != '\0')
        fprintf(to, "assumed: %s\n", assumed);
    fprintf(to,
            "%u node%s in %zu step%s, %" PRIu64 " population%s, %" PRIu64 " neuron%s, %" PRIu64
            " weight%s\n",
            network->graph.n_nodes, sq_s(network->graph.n_nodes), network->n_nodes,
            sq_s(network->n_nodes), totals->populations, sq_s(totals->populations), totals->neurons,
            sq_s(totals->neurons), totals->weights, sq_s(totals->weights));
    fprintf(to,
            "dense: %" PRIu64 " synaptic operations and %" PRIu64
            " multiply-accumulates (MAC) a timestep, %" PRIu64 " MAC a sample\n\n",
            totals->operations, totals->macs, totals->macs_once);
}

static int write_table(struct sq_error *err, const struct sq_network *network, char **text)
{
    struct sq_page page;
    struct totals totals = {.populations = 0};
    struct sq_graph_note *note = calloc(network->graph.n_nodes, sizeof *note);
    int status = note != NULL ? make_notes(err, network, note, &totals)
                              : sq_fail(err, SQ_ENOMEM, "out of memory for a graph");
    if (status == SQ_OK)
        status = sq_page_open(err, &page);
    if (status == SQ_OK) {
        write_heading(page.stream, network, &totals);
        sq_graph_write_table(page.stream, &network->graph, note);
        status = sq_page_close(err, &page, text);
    }
    free(note);
    return status;
}

/* Members of an architecture that the flat list has in its own form. */
static bool is_own(const char *key)
{
    static const char *const own[] = {
        "name",         "layout",  "also",  "nodes", "unused_parameters",
        "architecture", "require", "config"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (strcmp(own[i], key) == 0)
            return true;
    return false;
}

/* What the architecture's file says of weights and input; nothing where there is no such file. */
static void add_file(cJSON *object, const char *config_dirs, const char *name)
{
    struct sq_architecture architecture;
    const cJSON *item;
    if (name[0] != '\0' && sq_architecture_open(NULL, config_dirs, name, &architecture) == SQ_OK) {
        cJSON_ArrayForEach(item, architecture.json)
        {
            if (!is_own(item->string))
                sq_json_add_item(object, item->string, cJSON_Duplicate(item, 1));
        }
        sq_architecture_close(&architecture);
    }
}

/* Thresholds are in the nodes already; what the weights are folded with is not. */
static void add_defaults(cJSON *object, const cJSON *config)
{
    static const char *const key[] = {"v_threshold", "attn_v_threshold", "attn_scale", "bn_eps"};
    cJSON *defaults = cJSON_GetObjectItemCaseSensitive(object, "defaults");
    if (defaults == NULL)
        defaults = sq_json_add_object(object, "defaults");
    for (size_t i = 0; i < sizeof key / sizeof *key; i++) {
        const cJSON *value = cJSON_GetObjectItemCaseSensitive(config, key[i]);
        cJSON_DeleteItemFromObjectCaseSensitive(defaults, key[i]);
        if (value != NULL)
            sq_json_add_item(defaults, key[i], cJSON_Duplicate(value, 1));
    }
}

/* Keys that are not known stay out: a configuration would be refused for them. */
static void add_config(cJSON *object, const struct sq_config *config)
{
    cJSON *json = sq_config_to_json(config), *item, *next;
    for (item = json != NULL ? json->child : NULL; item != NULL; item = next) {
        const bool is_zero = cJSON_IsNumber(item) && item->valuedouble == 0;
        const bool is_empty = cJSON_IsString(item) && item->valuestring[0] == '\0';
        const bool is_raw_zero = cJSON_IsRaw(item) && strtod(item->valuestring, NULL) == 0;
        next = item->next;
        if (is_zero || is_empty || is_raw_zero || strcmp(item->string, "architecture") == 0 ||
            (cJSON_IsArray(item) && item->child == NULL))
            cJSON_Delete(cJSON_DetachItemViaPointer(json, item));
    }
    add_defaults(object, json);
    sq_json_add_item(object, "config", json);
}

static cJSON *graph_json(const struct sq_network *network, const char *config_dirs)
{
    const struct sq_config *config = &network->config;
    cJSON *object = sq_graph_to_object(&network->graph);
    sq_json_add_text(object, "name", network->graph.architecture);
    add_file(object, config_dirs, config->architecture);
    add_config(object, config);
    return object;
}

int sq_inspect_graph(struct sq_error *err, const struct sq_network *network,
                     const char *config_dirs, enum sq_graph_form form, char **text)
{
    struct sq_page page;
    if (form == SQ_GRAPH_TABLE)
        return write_table(err, network, text);
    if (form == SQ_GRAPH_JSON)
        return sq_page_json(err, graph_json(network, config_dirs), text);
    const int status = sq_page_open(err, &page);
    if (status != SQ_OK)
        return status;
    if (form == SQ_GRAPH_DOT)
        sq_graph_write_dot(page.stream, &network->graph);
    else
        sq_graph_write_mermaid(page.stream, &network->graph);
    return sq_page_close(err, &page, text);
}
