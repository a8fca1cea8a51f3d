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

/* Is its text JSON, to be shown as what it says? */
static int is_object(const char *key)
{
    return strcmp(key, "config") == 0 || strcmp(key, SQ_META_RECORDINGS) == 0;
}

/* The table meta as it is; objects as what their text says. */
static void add_meta(cJSON *root, const struct sq_trace_plan *plan)
{
    cJSON *meta = sq_json_add_object(root, "meta");
    for (size_t i = 0; i < plan->n_meta; i++) {
        const struct sq_trace_meta *entry = &plan->meta[i];
        int no_memory = 0;
        cJSON *object = is_object(entry->key)
                            ? sq_json_parse(entry->value, strlen(entry->value), NULL, &no_memory)
                            : NULL;
        if (no_memory)
            sq_json_fail(meta);
        if (object != NULL)
            sq_json_add_item(meta, entry->key, object);
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
    return root;
}
