/* A trace as JSON. */
#include "sim/replay/trace_findings.h"
#include "traces/format/description.h"
#include "traces/format/schema.h"

#include <string.h>

static cJSON *population_json(const struct sq_trace_findings *found, size_t p)
{
    const struct sq_trace_population *population = &found->plan->population[p];
    cJSON *object = cJSON_CreateObject();
    double rate;
    cJSON_AddStringToObject(object, "name", population->name);
    cJSON_AddStringToObject(object, "kind", sq_trace_kind_name(population->kind));
    cJSON *shape = cJSON_AddArrayToObject(object, "shape");
    for (uint32_t i = 0; i < population->n_dims; i++)
        cJSON_AddItemToArray(shape, cJSON_CreateNumber((double)population->dim[i]));
    cJSON_AddNumberToObject(object, "neurons", (double)sq_trace_neurons(population));
    cJSON_AddNumberToObject(object, "timesteps", found->plan->timesteps);
    cJSON_AddNumberToObject(object, "spikes", (double)sq_trace_spikes(found, p, -1, &rate));
    cJSON_AddNumberToObject(object, "rate", rate);
    cJSON *rates = cJSON_AddArrayToObject(object, "rate_per_timestep");
    for (uint32_t t = 0; t < found->plan->timesteps; t++) {
        sq_trace_spikes(found, p, t, &rate);
        cJSON_AddItemToArray(rates, cJSON_CreateNumber(rate));
    }
    return object;
}

static cJSON *synapse_json(const struct sq_trace_synapse *synapse)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "name", synapse->name);
    cJSON_AddStringToObject(object, "kind", synapse->kind);
    cJSON_AddStringToObject(object, "source", synapse->source);
    cJSON_AddStringToObject(object, "target", synapse->target);
    cJSON_AddNumberToObject(object, "n_in", (double)synapse->n_in);
    cJSON_AddNumberToObject(object, "n_out", (double)synapse->n_out);
    cJSON_AddNumberToObject(object, "dense_additions", (double)synapse->dense);
    cJSON_AddNumberToObject(object, "weight_zeros", (double)synapse->weight_zeros);
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
    cJSON *meta = cJSON_AddObjectToObject(root, "meta");
    for (size_t i = 0; i < plan->n_meta; i++) {
        const struct sq_trace_meta *entry = &plan->meta[i];
        cJSON *object = is_object(entry->key) ? cJSON_Parse(entry->value) : NULL;
        if (object != NULL)
            cJSON_AddItemToObject(meta, entry->key, object);
        else
            cJSON_AddStringToObject(meta, entry->key, entry->value);
    }
}

cJSON *sq_trace_json(const struct sq_trace_findings *found)
{
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "path", found->path);
    cJSON_AddStringToObject(root, "container", "spikeq trace");
    cJSON_AddNumberToObject(root, "version", SQ_TRACE_VERSION);
    cJSON_AddBoolToObject(root, "complete", sq_trace_is_complete(found->trace));
    cJSON_AddNumberToObject(root, "samples", (double)found->n_samples);
    if (found->plan->n_samples == SQ_TRACE_SAMPLES_UNKNOWN)
        cJSON_AddNullToObject(root, "samples_planned");
    else
        cJSON_AddNumberToObject(root, "samples_planned", (double)found->plan->n_samples);
    cJSON_AddNumberToObject(root, "timesteps", found->plan->timesteps);
    cJSON_AddNumberToObject(root, "size_bytes", (double)found->size_bytes);
    if (found->n_labelled > 0)
        cJSON_AddNumberToObject(root, "accuracy",
                                (double)found->n_correct / (double)found->n_labelled);
    add_meta(root, found->plan);
    cJSON *populations = cJSON_AddArrayToObject(root, "populations");
    for (size_t p = 0; p < found->plan->n_populations; p++)
        cJSON_AddItemToArray(populations, population_json(found, p));
    cJSON *synapses = cJSON_AddArrayToObject(root, "synapses");
    for (size_t i = 0; i < found->plan->n_synapses; i++)
        cJSON_AddItemToArray(synapses, synapse_json(&found->plan->synapse[i]));
    return root;
}
