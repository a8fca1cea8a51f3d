/* A trace as JSON. */
#include "sim/inspect/trace_findings.h"
#include "sim/json/json.h"
#include "traces/format/description.h"
#include "traces/format/schema.h"

#include <string.h>

static cJSON *population_json(const struct sq_trace_findings *found, size_t p)
{
    const struct sq_trace_population *population = &found->plan->population[p];
    cJSON *object = cJSON_CreateObject();
    double rate;
    sq_json_add_text(object, "name", population->name);
    sq_json_add_text(object, "kind", sq_trace_kind_name(population->kind));
    cJSON *shape = sq_json_add_array(object, "shape");
    for (uint32_t i = 0; i < population->n_dims; i++)
        sq_json_append(shape, cJSON_CreateNumber((double)population->dim[i]));
    sq_json_add_number(object, "neurons", (double)sq_trace_neurons(population));
    sq_json_add_number(object, "timesteps", found->plan->timesteps);
    sq_json_add_number(object, "spikes", (double)sq_trace_spikes(found, p, -1, &rate));
    sq_json_add_number(object, "rate", rate);
    cJSON *rates = sq_json_add_array(object, "rate_per_timestep");
    for (uint32_t t = 0; t < found->plan->timesteps; t++) {
        sq_trace_spikes(found, p, t, &rate);
        sq_json_append(rates, cJSON_CreateNumber(rate));
    }
    return object;
}

static cJSON *synapse_json(const struct sq_trace_synapse *synapse)
{
    cJSON *object = cJSON_CreateObject();
    sq_json_add_text(object, "name", synapse->name);
    sq_json_add_text(object, "kind", synapse->kind);
    sq_json_add_text(object, "source", synapse->source);
    sq_json_add_text(object, "target", synapse->target);
    sq_json_add_number(object, "n_in", (double)synapse->n_in);
    sq_json_add_number(object, "n_out", (double)synapse->n_out);
    sq_json_add_number(object, "dense_additions", (double)synapse->dense);
    sq_json_add_number(object, "weight_zeros", (double)synapse->weight_zeros);
    return object;
}

/* A number, or null where it is `none`. */
static void add_number_or_null(cJSON *object, const char *key, int64_t number, int64_t none)
{
    if (number != none)
        sq_json_add_number(object, key, (double)number);
    else
        sq_json_add_null(object, key);
}

/* Text as JSON; as text where it is not JSON. */
static void add_parsed(cJSON *object, const char *key, const char *text)
{
    int no_memory = 0;
    cJSON *json = sq_json_parse(text, strlen(text), NULL, &no_memory);
    if (no_memory)
        sq_json_fail(object);
    if (json != NULL)
        sq_json_add_item(object, key, json);
    else
        sq_json_add_text(object, key, text);
}

static cJSON *node_json(const struct sq_trace_node *node)
{
    cJSON *object = cJSON_CreateObject();
    sq_json_add_text(object, "id", node->id);
    sq_json_add_text(object, "op", node->op);
    add_parsed(object, "inputs", node->inputs);
    add_parsed(object, "parameters", node->parameters);
    sq_json_add_text(object, "edge", sq_trace_edge_name(node->edge));
    add_number_or_null(object, "max_value", (int64_t)node->max_value, 0);
    sq_json_add_text(object, "roles", node->roles);
    add_number_or_null(object, "channels", node->channels, 0);
    add_number_or_null(object, "height", node->height, 0);
    add_number_or_null(object, "width", node->width, 0);
    add_number_or_null(object, "population", node->population, -1);
    return object;
}

static cJSON *operation_json(const struct sq_trace_operation *operation)
{
    cJSON *object = cJSON_CreateObject();
    sq_json_add_text(object, "name", operation->name);
    sq_json_add_text(object, "kind", operation->kind);
    if (operation->node[0] != '\0')
        sq_json_add_text(object, "node", operation->node);
    else
        sq_json_add_null(object, "node");
    add_number_or_null(object, "fan_out", (int64_t)operation->fan_out, 0);
    add_number_or_null(object, "dense_additions", (int64_t)operation->dense, 0);
    add_number_or_null(object, "adder_bits", operation->adder_bits, 0);
    add_number_or_null(object, "factor_bits", operation->factor_bits, 0);
    add_number_or_null(object, "weights", (int64_t)operation->weights, 0);
    add_number_or_null(object, "weight_zeros", operation->weight_zeros, -1);
    return object;
}

/* The graph, which version 1 does not have. */
static void add_graph(cJSON *root, const struct sq_trace_plan *plan)
{
    if (plan->version == SQ_TRACE_OLDEST_VERSION)
        return;
    cJSON *nodes = sq_json_add_array(root, "nodes");
    for (size_t i = 0; i < plan->n_nodes; i++)
        sq_json_append(nodes, node_json(&plan->node[i]));
    cJSON *operations = sq_json_add_array(root, "operations");
    for (size_t i = 0; i < plan->n_operations; i++)
        sq_json_append(operations, operation_json(&plan->operation[i]));
}

/* Is its text JSON, to be shown parsed? */
static int is_object(const char *key)
{
    return strcmp(key, "config") == 0 || strcmp(key, SQ_META_RECORDINGS) == 0;
}

/* The table meta unchanged; objects parsed from their text. */
static void add_meta(cJSON *root, const struct sq_trace_plan *plan)
{
    cJSON *meta = sq_json_add_object(root, "meta");
    for (size_t i = 0; i < plan->n_meta; i++) {
        const struct sq_trace_meta *entry = &plan->meta[i];
        if (is_object(entry->key))
            add_parsed(meta, entry->key, entry->value);
        else
            sq_json_add_text(meta, entry->key, entry->value);
    }
}

cJSON *sq_trace_json(const struct sq_trace_findings *found)
{
    cJSON *root = cJSON_CreateObject();
    sq_json_add_text(root, "path", found->path);
    sq_json_add_text(root, "container", "spikeq trace");
    sq_json_add_number(root, "version", found->plan->version);
    sq_json_add_bool(root, "complete", sq_trace_is_complete(found->trace));
    sq_json_add_number(root, "samples", (double)found->n_samples);
    if (found->plan->n_samples == SQ_TRACE_SAMPLES_UNKNOWN)
        sq_json_add_null(root, "samples_planned");
    else
        sq_json_add_number(root, "samples_planned", (double)found->plan->n_samples);
    sq_json_add_number(root, "timesteps", found->plan->timesteps);
    sq_json_add_number(root, "size_bytes", (double)found->size_bytes);
    if (found->n_labelled > 0)
        sq_json_add_number(root, "accuracy", (double)found->n_correct / (double)found->n_labelled);
    add_meta(root, found->plan);
    cJSON *populations = sq_json_add_array(root, "populations");
    for (size_t p = 0; p < found->plan->n_populations; p++)
        sq_json_append(populations, population_json(found, p));
    cJSON *synapses = sq_json_add_array(root, "synapses");
    for (size_t i = 0; i < found->plan->n_synapses; i++)
        sq_json_append(synapses, synapse_json(&found->plan->synapse[i]));
    add_graph(root, found->plan);
    return root;
}
