/* What is written down beside the populations: synapses, the configuration, where spikes come from.
 */
#include "sim/import/import.h"
#include "sim/network/config_write.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_META = 8 };

static int no_memory(const struct sq_import *import)
{
    return sq_fail(import->err, SQ_ENOMEM, "%s: out of memory", import->options->source);
}

static int add_synapses(struct sq_import *import)
{
    const struct sq_network *network = import->network;
    struct sq_trace_synapse *synapse =
        sq_arena_alloc(&import->arena, network->n_nodes, sizeof *synapse);
    if (synapse == NULL)
        return no_memory(import);
    import->plan.synapse = synapse;
    for (size_t i = 0; i < network->n_nodes; i++) {
        const struct sq_node *node = &network->node[i];
        const struct sq_synapse *weights = sq_node_weights(network, node);
        if (weights == NULL)
            continue;
        struct sq_trace_synapse *s = &synapse[import->plan.n_synapses++];
        *s = (struct sq_trace_synapse){
            .n_in = weights->n_in, .n_out = weights->n_out, .dense = weights->dense};
        snprintf(s->name, sizeof s->name, "%s", weights->name);
        snprintf(s->kind, sizeof s->kind, "%s", sq_synapse_kind(network, node));
        snprintf(s->source, sizeof s->source, "%s", network->node[node->source[0]].name);
        snprintf(s->target, sizeof s->target, "%s", node->name);
    }
    return SQ_OK;
}

/* A copy without line ends, which would break the lines of a trace's description. */
static int add_meta(struct sq_import *import, struct sq_trace_meta *meta, const char *key,
                    const char *value)
{
    char *copy = value != NULL ? sq_arena_strdup(&import->arena, value) : NULL;
    if (copy == NULL)
        return no_memory(import);
    for (char *c = copy; *c != '\0'; c++)
        if (*c == '\n' || *c == '\r')
            *c = ' ';
    meta[import->plan.n_meta++] = (struct sq_trace_meta){key, copy};
    return SQ_OK;
}

/* A JSON item as one line; the item is deleted. */
static int add_json(struct sq_import *import, struct sq_trace_meta *meta, const char *key,
                    cJSON *json)
{
    char *text = json != NULL ? cJSON_PrintUnformatted(json) : NULL;
    const int status = add_meta(import, meta, key, text);
    free(text);
    cJSON_Delete(json);
    return status;
}

/* The nodes in the order of the data's way, as recorded runs name them. */
static cJSON *node_names(const struct sq_network *network)
{
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; i < network->n_nodes; i++)
        cJSON_AddItemToArray(list, cJSON_CreateString(network->node[i].name));
    return list;
}

int sq_import_describe(struct sq_import *import)
{
    const struct sq_recording *recording = import->recording;
    const struct sq_network *network = import->network;
    struct sq_trace_meta *meta = sq_arena_alloc(&import->arena, MAX_META, sizeof *meta);
    char source[SQ_TRACE_NAME_BYTES];
    if (meta == NULL)
        return no_memory(import);
    import->plan.meta = meta;
    snprintf(source, sizeof source, "%s, imported", recording->kind->description);
    int status = add_meta(import, meta, "spikeq", SQ_VERSION);
    if (status == SQ_OK)
        status = add_meta(import, meta, "arith", "recorded elsewhere");
    if (status == SQ_OK)
        status = add_meta(import, meta, "source", source);
    if (status == SQ_OK && recording->note[0] != '\0')
        status = add_meta(import, meta, "note", recording->note);
    if (status != SQ_OK || network == NULL)
        return status;
    status = add_json(import, meta, "config", sq_config_to_json(&network->config));
    if (status == SQ_OK)
        status = add_json(import, meta, "nodes", node_names(network));
    return status == SQ_OK ? add_synapses(import) : status;
}
