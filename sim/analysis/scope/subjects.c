/* Subjects: populations as the trace has them, and what they are together. */
#include "kernels/base/bits.h"
#include "sim/analysis/scope/scope.h"
#include "sim/network/residual.h"

#include <stdio.h>
#include <string.h>

/* Values of a residual stream, up to its number of terms, are held in 8 bit planes. */
enum { MOST_TERMS = 254 };

const struct sq_node *sq_scope_node(const struct sq_scope *scope,
                                    const struct sq_trace_population *population)
{
    const struct sq_network *network = scope->network;
    for (size_t i = 0; network != NULL && i < network->n_nodes; i++)
        if (strcmp(network->node[i].name, population->name) == 0)
            return network->node[i].shape.n_rows == population->n_rows &&
                           network->node[i].shape.n_channels == population->n_channels
                       ? &network->node[i]
                       : NULL;
    return NULL;
}

/* Rows form a grid where the recorded array has height and width, or the network knows them. */
static void find_grid(const struct sq_trace_population *population, const struct sq_node *node,
                      struct sq_subject *subject)
{
    if (population->n_dims == 3 && population->channels_first) {
        subject->grid_height = (uint32_t)population->dim[1];
        subject->grid_width = (uint32_t)population->dim[2];
    } else if (node != NULL) {
        subject->grid_height = node->height;
        subject->grid_width = node->width;
    }
}

static void add_population(struct sq_scope *scope, uint32_t index, uint32_t *source)
{
    const struct sq_trace_population *population = &scope->plan->population[index];
    const struct sq_node *node = sq_scope_node(scope, population);
    struct sq_subject *subject = &scope->subject[scope->n_subjects++];
    *source = index;
    *subject = (struct sq_subject){.kind = SQ_SUBJECT_POPULATION,
                                   .name = population->name,
                                   .n_rows = population->n_rows,
                                   .n_channels = population->n_channels,
                                   .n_words = (uint32_t)sq_words_for(population->n_channels),
                                   .n_sources = 1,
                                   .source = source};
    find_grid(population, node, subject);
    const struct sq_attend_shape *attend =
        node != NULL ? sq_node_attention(scope->network, node) : NULL;
    if (attend != NULL) {
        subject->n_heads = attend->n_heads;
        subject->head_dim = attend->head_dim;
    }
}

/* The chosen population of that name with the network's shape, or -1. */
static int64_t find_source(const struct sq_scope *scope, const char *globs, const char *name)
{
    const int64_t found = sq_trace_find(scope->trace, name);
    const struct sq_trace_population *population = &scope->plan->population[found >= 0 ? found : 0];
    return found >= 0 && population->kind != SQ_TRACE_INPUT && sq_globs_match(globs, name) &&
                   sq_scope_node(scope, population) != NULL
               ? found
               : -1;
}

/* Add the subject if all its sources, nodes of the network, are recorded. */
static int add_group(struct sq_error *err, struct sq_scope *scope, const char *globs,
                     const uint16_t *node, const struct sq_subject *subject)
{
    uint32_t *source = sq_arena_alloc(&scope->arena, subject->n_sources, sizeof *source);
    if (source == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", scope->path);
    for (uint32_t i = 0; i < subject->n_sources; i++) {
        const int64_t found = find_source(scope, globs, scope->network->node[node[i]].name);
        if (found < 0)
            return SQ_OK;
        source[i] = (uint32_t)found;
    }
    scope->subject[scope->n_subjects] = *subject;
    scope->subject[scope->n_subjects++].source = source;
    return SQ_OK;
}

/* A subject of the shape that a node sends. */
static struct sq_subject subject_like(const struct sq_node *node)
{
    return (struct sq_subject){.n_rows = node->shape.n_rows,
                               .n_channels = node->shape.n_channels,
                               .n_words = node->shape.n_words,
                               .grid_height = node->height,
                               .grid_width = node->width};
}

/* What the residual streams are sums of, in order. */
static int add_streams(struct sq_error *err, struct sq_scope *scope, const char *globs)
{
    uint16_t term[MOST_TERMS];
    struct sq_subject streams = subject_like(sq_network_last(scope->network));
    streams.kind = SQ_SUBJECT_STREAMS;
    streams.name = "residual streams";
    streams.n_sources = (uint32_t)sq_residual_terms(scope->network, term, MOST_TERMS);
    return streams.n_sources > 0 ? add_group(err, scope, globs, term, &streams) : SQ_OK;
}

static int add_attention(struct sq_error *err, struct sq_scope *scope, const char *globs,
                         const struct sq_node *node, uint32_t number)
{
    struct sq_subject attention = subject_like(node);
    attention.kind = SQ_SUBJECT_ATTENTION;
    attention.name = "attention";
    attention.attend = &node->attend;
    attention.n_heads = node->attend.n_heads;
    attention.head_dim = node->attend.head_dim;
    attention.block = node->graph->block >= 0 ? (uint32_t)node->graph->block : number;
    attention.n_sources = 3;
    return add_group(err, scope, globs, node->source, &attention);
}

static uint32_t count_attentions(const struct sq_network *network)
{
    uint32_t n = 0;
    for (size_t i = 0; network != NULL && i < network->n_nodes; i++)
        n += network->node[i].kind == SQ_NODE_ATTEND;
    return n;
}

int sq_subjects_find(struct sq_error *err, struct sq_scope *scope, const char *globs)
{
    const size_t n = scope->plan->n_populations;
    const size_t n_groups = 1 + count_attentions(scope->network);
    uint32_t *source = sq_arena_alloc(&scope->arena, n, sizeof *source);
    scope->subject = sq_arena_alloc(&scope->arena, n + n_groups, sizeof *scope->subject);
    if (source == NULL || scope->subject == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", scope->path);
    for (uint32_t p = 0; p < n; p++)
        if (scope->plan->population[p].kind != SQ_TRACE_INPUT &&
            sq_globs_match(globs, scope->plan->population[p].name))
            add_population(scope, p, &source[p]);
    scope->n_populations = scope->n_subjects;
    if (scope->n_populations == 0)
        return sq_fail(err, SQ_EUSAGE,
                       "%s: " SQ_OPT "populations %s matches no population of spikes", scope->path,
                       globs != NULL ? globs : "*");
    if (scope->network == NULL || !scope->has_spikes)
        return SQ_OK;
    uint32_t number = 0;
    int status = add_streams(err, scope, globs);
    for (size_t i = 0; status == SQ_OK && i < scope->network->n_nodes; i++)
        if (scope->network->node[i].kind == SQ_NODE_ATTEND)
            status = add_attention(err, scope, globs, &scope->network->node[i], number++);
    return status;
}
