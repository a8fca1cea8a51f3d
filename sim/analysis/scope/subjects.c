/* Subjects: populations as the trace has them, and what they are together in a Spikformer. */
#include "kernels/base/bits.h"
#include "sim/analysis/scope/scope.h"

#include <stdio.h>
#include <string.h>

/* Values of a residual stream, up to 2 + 2 * depth, are held in 8 bit planes. */
enum { MOST_BLOCKS = 126 };

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

static int is_of_heads(const char *name)
{
    static const char *const tail[] = {"attn.q_lif", "attn.k_lif", "attn.v_lif", "attn.attn_lif"};
    const size_t n = strlen(name);
    for (size_t i = 0; i < sizeof tail / sizeof tail[0]; i++)
        if (n > strlen(tail[i]) && strcmp(name + n - strlen(tail[i]), tail[i]) == 0)
            return 1;
    return 0;
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
    if (node != NULL && is_of_heads(population->name)) {
        subject->n_heads = scope->network->attend.n_heads;
        subject->head_dim = scope->network->attend.head_dim;
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

/* Add the subject if all its sources are there. */
static void add_group(struct sq_scope *scope, const char *globs, const char (*name)[SQ_NAME_BYTES],
                      uint32_t *source, const struct sq_subject *subject)
{
    for (uint32_t i = 0; i < subject->n_sources; i++) {
        const int64_t found = find_source(scope, globs, name[i]);
        if (found < 0)
            return;
        source[i] = (uint32_t)found;
    }
    scope->subject[scope->n_subjects] = *subject;
    scope->subject[scope->n_subjects++].source = source;
}

/* What the residual streams are sums of, in order: the pooled patch embedding, the position
 * embedding, then what attention and MLP of each block add. */
static int add_streams(struct sq_error *err, struct sq_scope *scope, const char *globs)
{
    const uint32_t depth = scope->network->config.depth, n = 2 + 2 * depth;
    char(*name)[SQ_NAME_BYTES] = sq_arena_alloc(&scope->arena, n, sizeof *name);
    uint32_t *source = sq_arena_alloc(&scope->arena, n, sizeof *source);
    if (name == NULL || source == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", scope->path);
    snprintf(name[0], sizeof name[0], "patch_embed.proj_lif3");
    snprintf(name[1], sizeof name[1], "patch_embed.rpe_lif");
    for (uint32_t b = 0; b < depth; b++) {
        snprintf(name[2 + 2 * b], sizeof name[0], "block.%u.attn.proj_lif", b);
        snprintf(name[3 + 2 * b], sizeof name[0], "block.%u.mlp.fc2_lif", b);
    }
    const struct sq_network *network = scope->network;
    add_group(scope, globs, (const char(*)[SQ_NAME_BYTES])name, source,
              &(struct sq_subject){.kind = SQ_SUBJECT_STREAMS,
                                   .name = "residual streams",
                                   .n_rows = network->n_tokens,
                                   .n_channels = network->config.dim,
                                   .n_words = network->attend.n_words,
                                   .grid_height = network->grid_height,
                                   .grid_width = network->grid_width,
                                   .n_sources = n});
    return SQ_OK;
}

static int add_attention(struct sq_error *err, struct sq_scope *scope, const char *globs,
                         uint32_t block)
{
    static const char letter[3] = {'q', 'k', 'v'};
    char name[3][SQ_NAME_BYTES];
    uint32_t *source = sq_arena_alloc(&scope->arena, 3, sizeof *source);
    if (source == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", scope->path);
    for (int i = 0; i < 3; i++)
        snprintf(name[i], sizeof name[i], "block.%u.attn.%c_lif", block, letter[i]);
    const struct sq_network *network = scope->network;
    add_group(scope, globs, (const char(*)[SQ_NAME_BYTES])name, source,
              &(struct sq_subject){.kind = SQ_SUBJECT_ATTENTION,
                                   .name = "attention",
                                   .n_rows = network->n_tokens,
                                   .n_channels = network->config.dim,
                                   .n_words = network->attend.n_words,
                                   .grid_height = network->grid_height,
                                   .grid_width = network->grid_width,
                                   .n_heads = network->attend.n_heads,
                                   .head_dim = network->attend.head_dim,
                                   .block = block,
                                   .n_sources = 3});
    return SQ_OK;
}

int sq_subjects_find(struct sq_error *err, struct sq_scope *scope, const char *globs)
{
    const size_t n = scope->plan->n_populations;
    const size_t n_groups = scope->network != NULL ? 1 + scope->network->config.depth : 0;
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
        return sq_fail(err, SQ_EUSAGE, "%s: --populations %s matches no population of spikes",
                       scope->path, globs != NULL ? globs : "*");
    if (scope->network == NULL || !scope->has_spikes)
        return SQ_OK;
    const int fits = scope->network->config.depth <= MOST_BLOCKS;
    int status = fits ? add_streams(err, scope, globs) : SQ_OK;
    for (uint32_t b = 0; status == SQ_OK && b < scope->network->config.depth; b++)
        status = add_attention(err, scope, globs, b);
    return status;
}
