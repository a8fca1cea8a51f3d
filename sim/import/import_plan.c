/* The populations of an imported trace. */
#include "sim/import/import.h"
#include "sim/record/trace_plan.h"
#include "traces/format/codec.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SHAPE_TEXT = 192 };

static int no_memory(const struct sq_import *import)
{
    return sq_fail(import->err, SQ_ENOMEM, "%s: out of memory", import->options->source);
}

/* A population of unknown kind: its rows are all dimensions but the last. */
static struct sq_trace_population generic_population(const struct sq_recorded_population *from)
{
    struct sq_trace_population p = {.kind = SQ_TRACE_GENERIC, .n_dims = from->n_dims};
    uint64_t rows = 1;
    for (uint32_t d = 0; d + 1 < from->n_dims; d++)
        rows *= from->dim[d];
    p.n_rows = (uint32_t)rows;
    p.n_channels = (uint32_t)from->dim[from->n_dims - 1];
    memcpy(p.dim, from->dim, from->n_dims * sizeof p.dim[0]);
    snprintf(p.name, sizeof p.name, "%s", from->name);
    return p;
}

/* "[T,B,64,128]" with numbers */
static void shape_text(const struct sq_import *import, uint32_t timesteps, uint32_t n_dims,
                       const uint64_t *dim, char text[SHAPE_TEXT])
{
    struct sq_array a = {.n_dims = 1, .dim = {timesteps}};
    if (import->recording->n_samples != SQ_TRACE_SAMPLES_UNKNOWN)
        a.dim[a.n_dims++] = import->recording->n_samples;
    memcpy(a.dim + a.n_dims, dim, n_dims * sizeof a.dim[0]);
    a.n_dims += n_dims;
    sq_array_shape_text(&a, text, SHAPE_TEXT);
}

/* Rasters know how many neurons there are, in C order. */
static int is_as_large(const struct sq_import *import, const struct sq_recorded_population *found,
                       const struct sq_trace_population *expected)
{
    uint64_t neurons = 1;
    for (uint32_t d = 0; d < expected->n_dims; d++)
        neurons *= expected->dim[d];
    return import->recording->is_flat && found->dim[0] == neurons;
}

/* Event lists know sizes only, and those were checked event by event. */
static int check_shape(const struct sq_import *import, const struct sq_recorded_population *found,
                       const struct sq_trace_population *expected)
{
    const struct sq_config *config = &import->network->config;
    char is[SHAPE_TEXT], should[SHAPE_TEXT];
    if (import->recording->timesteps == config->timesteps &&
        (import->recording->kind->is_event_list || is_as_large(import, found, expected) ||
         (found->n_dims == expected->n_dims &&
          memcmp(found->dim, expected->dim, found->n_dims * sizeof found->dim[0]) == 0)))
        return SQ_OK;
    shape_text(import, import->recording->timesteps, found->n_dims, found->dim, is);
    shape_text(import, config->timesteps, expected->n_dims, expected->dim, should);
    return sq_fail(import->err, SQ_ESHAPE, "%s: %s has shape %s, config %s expects %s",
                   import->options->source, found->name, is, config->name, should);
}

static int check_names(const struct sq_import *import)
{
    const struct sq_network *network = import->network;
    for (size_t p = 0; p < import->recording->n_populations; p++) {
        const char *name = import->recording->population[p].name;
        size_t i = 0;
        while (i < network->n_nodes && (strcmp(network->node[i].name, name) != 0 ||
                                        !sq_trace_may_hold(network, &network->node[i])))
            i++;
        if (i == network->n_nodes)
            return sq_fail(import->err, SQ_ESHAPE,
                           "%s: %s is not a population of config %s, expected names such as %s",
                           import->options->source, name, network->config.name,
                           network->node[1].name);
    }
    return SQ_OK;
}

static int add_node(struct sq_import *import, const struct sq_node *node,
                    struct sq_trace_population *out)
{
    const struct sq_recording *recording = import->recording;
    size_t found;
    if (!sq_recording_find(recording, node->name, &found)) {
        if (import->options->partial || node->kind == SQ_NODE_INPUT)
            return SQ_OK;
        return sq_fail(import->err, SQ_ESHAPE,
                       "%s: population %s of config %s is missing; " SQ_OPT
                       "partial goes without it",
                       import->options->source, node->name, import->network->config.name);
    }
    if (sq_node_levels(node) > 1)
        return sq_fail(import->err, SQ_EUNSUPPORTED,
                       "%s: %s of config %s sends up to %u spikes a timestep; recordings of such "
                       "neurons are not imported",
                       import->options->source, node->name, import->network->config.name,
                       sq_node_levels(node));
    *out = sq_trace_population_of(node);
    import->source[import->plan.n_populations++] = found;
    return check_shape(import, &recording->population[found], out);
}

static int add_populations(struct sq_import *import)
{
    const struct sq_network *network = import->network;
    const size_t n = network != NULL ? network->n_nodes : import->recording->n_populations;
    struct sq_trace_population *population = sq_arena_alloc(&import->arena, n, sizeof *population);
    int status = network != NULL ? check_names(import) : SQ_OK;
    import->source = sq_arena_alloc(&import->arena, n, sizeof *import->source);
    import->plan.population = population;
    if (population == NULL || import->source == NULL)
        return no_memory(import);
    for (size_t i = 0; status == SQ_OK && i < n; i++) {
        struct sq_trace_population *next = &population[import->plan.n_populations];
        if (network == NULL) {
            import->source[import->plan.n_populations++] = i;
            *next = generic_population(&import->recording->population[i]);
        } else if (sq_trace_may_hold(network, &network->node[i])) {
            status = add_node(import, &network->node[i], next);
        }
    }
    return status;
}

int sq_import_plan(struct sq_import *import)
{
    const struct sq_recording *recording = import->recording;
    const char *codec = import->options->codec;
    const int found = codec != NULL ? sq_codec_find(codec) : SQ_CODEC_NONE;
    if (found < 0)
        return sq_fail(import->err, SQ_EUSAGE, SQ_OPT "codec %s: expected none, zlib or zstd",
                       codec);
    if (import->network != NULL && recording->n_logits > 0 &&
        recording->n_logits != import->network->head.n_out)
        return sq_fail(import->err, SQ_ESHAPE, "%s: logits of %zu classes, config %s has %" PRIu32,
                       import->options->source, recording->n_logits, import->network->config.name,
                       import->network->head.n_out);
    import->plan.timesteps = recording->timesteps;
    import->plan.n_samples = recording->n_samples;
    import->plan.codec = (enum sq_trace_codec)found;
    int status = add_populations(import);
    if (status == SQ_OK && import->plan.n_populations == 0)
        status = sq_fail(import->err, SQ_ESHAPE, "%s: no population of config %s is there",
                         import->options->source, import->network->config.name);
    return status == SQ_OK ? sq_import_describe(import) : status;
}
