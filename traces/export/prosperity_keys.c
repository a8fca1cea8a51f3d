#include "traces/export/prosperity_keys.h"

#include "kernels/base/arena.h"
#include "kernels/base/option_names.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { STEM_KEYS = 4, BLOCK_KEYS = 7, MOST_BLOCKS = 100 };

/* Keys being collected. */
struct draft {
    struct sq_error *err;
    const char *path;
    const struct sq_selection *selection;
    struct sq_arena *arena;
    const struct sq_export_role *role; /* [populations of the plan] */
    uint32_t heads, n_blocks;
    enum sq_export_form form;
    struct sq_prosperity_key *key;
    size_t n;
};

static int is_selected(const struct sq_selection *selection, size_t population)
{
    for (size_t i = 0; i < selection->n_populations; i++)
        if (selection->population[i] == population)
            return 1;
    return 0;
}

/* The population number `n` of this role and block, or -1 where it is not selected. */
static int64_t find(const struct draft *draft, const char *role, int64_t block, size_t n)
{
    const struct sq_selection *selection = draft->selection;
    for (size_t i = 0; draft->role != NULL && i < selection->plan->n_populations; i++)
        if (strcmp(draft->role[i].role, role) == 0 && draft->role[i].block == block && n-- == 0)
            return is_selected(selection, i) ? (int64_t)i : -1;
    return -1;
}

static int64_t find_in_block(const struct draft *draft, const char *role, uint32_t block)
{
    return find(draft, role, (int64_t)block, 0);
}

static const struct sq_trace_population *population_of(const struct draft *draft, int64_t p)
{
    return &draft->selection->plan->population[p];
}

/* Begin a key as wide as the population `like`, with room for n sources. */
static struct sq_prosperity_key *begin_key(struct draft *draft, enum sq_prosperity_axes axes,
                                           int64_t like, size_t n)
{
    struct sq_prosperity_key *key = &draft->key[draft->n];
    const struct sq_trace_population *p = population_of(draft, like);
    *key = (struct sq_prosperity_key){.axes = axes,
                                      .n_rows = p->n_rows,
                                      .n_channels = p->n_channels,
                                      .heads = draft->heads,
                                      .gate = -1};
    key->source = sq_arena_alloc(draft->arena, n, sizeof *key->source);
    return key->source != NULL ? key : NULL;
}

static void add_source(struct sq_prosperity_key *key, int64_t population, int is_pooled)
{
    key->source[key->n_sources].population = (uint32_t)population;
    key->source[key->n_sources++].is_pooled = is_pooled;
}

static int no_memory(const struct draft *draft)
{
    return sq_fail(draft->err, SQ_ENOMEM, "%s: out of memory", draft->path);
}

static int bad_sizes(const struct draft *draft, int64_t from, int64_t to)
{
    return sq_fail(draft->err, SQ_ESHAPE,
                   "%s: %s cannot lie before %s in a Spikformer, by their shapes", draft->path,
                   population_of(draft, from)->name, population_of(draft, to)->name);
}

/* Is there a pooling between two populations [C,H,W], by their sizes? 1, 0, or -1: neither. */
static int pooling_between(const struct sq_trace_population *from,
                           const struct sq_trace_population *to)
{
    if (from->n_dims != 3 || to->n_dims != 3 || !from->channels_first || !to->channels_first ||
        from->dim[0] != from->n_channels || to->dim[0] != to->n_channels)
        return -1;
    if (from->dim[1] == to->dim[1] && from->dim[2] == to->dim[2])
        return 0;
    return (from->dim[1] + 1) / 2 == to->dim[1] && (from->dim[2] + 1) / 2 == to->dim[2] ? 1 : -1;
}

/* What enters the convolution in front of population `to`: `from`, pooled if that is smaller. */
static int add_convolution(struct draft *draft, const char *name, int64_t from, int64_t to)
{
    if (from < 0 || to < 0)
        return SQ_OK;
    const int pooled = pooling_between(population_of(draft, from), population_of(draft, to));
    if (pooled < 0)
        return bad_sizes(draft, from, to);
    struct sq_prosperity_key *key = begin_key(draft, SQ_PROSPERITY_IMAGE, from, 1);
    if (key == NULL)
        return no_memory(draft);
    snprintf(key->name, sizeof key->name, "%s", name);
    key->height = (uint32_t)population_of(draft, to)->dim[1];
    key->width = (uint32_t)population_of(draft, to)->dim[2];
    key->n_rows = key->height * key->width;
    add_source(key, from, pooled);
    draft->n++;
    return SQ_OK;
}

/* A key that is one population. */
static int add_plain(struct draft *draft, const char *layer, uint32_t block, const char *suffix,
                     enum sq_prosperity_axes axes, int64_t from)
{
    if (from < 0)
        return SQ_OK;
    const struct sq_trace_population *p = population_of(draft, from);
    if (axes == SQ_PROSPERITY_HEADS && draft->heads == 0)
        return sq_fail(draft->err, SQ_EUNSUPPORTED,
                       "%s: does not say how many attention heads there are, which Prosperity's "
                       "arrays of q, k and v need",
                       draft->path);
    if (axes == SQ_PROSPERITY_HEADS && p->n_channels % draft->heads != 0)
        return sq_fail(draft->err, SQ_ESHAPE,
                       "%s: the %" PRIu32 " channels of %s are not for %" PRIu32 " heads",
                       draft->path, p->n_channels, p->name, draft->heads);
    struct sq_prosperity_key *key = begin_key(draft, axes, from, 1);
    if (key == NULL)
        return no_memory(draft);
    snprintf(key->name, sizeof key->name, "%s_enc_%" PRIu32 "%s", layer, block, suffix);
    add_source(key, from, 0);
    draft->n++;
    return SQ_OK;
}

/* Add a part of the residual stream; -1 if it was not recorded. */
static int add_part(int64_t *part, size_t *n, int64_t found)
{
    part[(*n)++] = found;
    return found < 0 ? -1 : 0;
}

/* All populations whose sum is the residual stream that enters a block (is_mid 0) or its MLP; the
 * first is pooled. Returns their number, 0 if one is missing. */
static size_t residual(const struct draft *draft, uint32_t block, int is_mid, int64_t *part)
{
    size_t n = 0;
    if (add_part(part, &n, find(draft, "stem", -1, STEM_KEYS - 1)) != 0 ||
        add_part(part, &n, find(draft, "position", -1, 0)) != 0)
        return 0;
    for (uint32_t b = 0; b < block + (uint32_t)is_mid; b++)
        if (add_part(part, &n, find_in_block(draft, "proj", b)) != 0 ||
            (b < block && add_part(part, &n, find_in_block(draft, "fc2", b)) != 0))
            return 0;
    return n;
}

/* A key that is the residual stream: 1 where the integer is not 0. */
static int add_residual(struct draft *draft, const char *layer, uint32_t block, int is_mid)
{
    int64_t *part = sq_arena_alloc(draft->arena, 4 + 2 * (size_t)block, sizeof *part);
    if (part == NULL)
        return no_memory(draft);
    const size_t n = residual(draft, block, is_mid, part);
    if (n == 0)
        return SQ_OK;
    const struct sq_trace_population *to = population_of(draft, part[1]);
    const int pooled = pooling_between(population_of(draft, part[0]), to);
    struct sq_prosperity_key *key = begin_key(draft, SQ_PROSPERITY_TOKENS, part[1], n);
    if (key == NULL)
        return no_memory(draft);
    for (size_t i = 0; i < n; i++) {
        const struct sq_trace_population *from = population_of(draft, part[i]);
        if (from->n_channels != to->n_channels ||
            (i == 0 ? pooled < 0 : from->n_rows != to->n_rows))
            return bad_sizes(draft, part[i], part[1]);
        add_source(key, part[i], i == 0 && pooled);
    }
    key->height = (uint32_t)to->dim[1];
    key->width = (uint32_t)to->dim[2];
    snprintf(key->name, sizeof key->name, "%s_enc_%" PRIu32, layer, block);
    draft->n++;
    return SQ_OK;
}

/* What enters the convolution behind stage `stage`: its spikes, pooled where the network pools them. */
static int add_stage(struct draft *draft, const char *name, size_t stage)
{
    const int64_t from = find(draft, "stem", -1, stage);
    if (from < 0)
        return SQ_OK;
    const struct sq_trace_population *p = population_of(draft, from);
    const int is_pooled = draft->role[from].is_pooled;
    if (p->n_dims != 3 || !p->channels_first || p->dim[0] != p->n_channels)
        return sq_fail(draft->err, SQ_ESHAPE, "%s: %s is no stage of an encoder, by its shape",
                       draft->path, p->name);
    struct sq_prosperity_key *key = begin_key(draft, SQ_PROSPERITY_IMAGE, from, 1);
    if (key == NULL)
        return no_memory(draft);
    snprintf(key->name, sizeof key->name, "%s", name);
    key->height = (uint32_t)(is_pooled ? (p->dim[1] + 1) / 2 : p->dim[1]);
    key->width = (uint32_t)(is_pooled ? (p->dim[2] + 1) / 2 : p->dim[2]);
    key->n_rows = key->height * key->width;
    add_source(key, from, is_pooled);
    draft->n++;
    return SQ_OK;
}

static int add_stem(struct draft *draft)
{
    static const char *const key[STEM_KEYS] = {"conv2d_1_sps", "conv2d_2_sps", "conv2d_3_sps",
                                               "conv2d_rpe_sps"};
    int status = SQ_OK;
    for (size_t i = 0; draft->form == SQ_EXPORT_SDT && status == SQ_OK && i < STEM_KEYS; i++)
        status = add_stage(draft, key[i], i);
    for (size_t i = 0; draft->form == SQ_EXPORT_SPIKFORMER && status == SQ_OK && i < STEM_KEYS; i++)
        status = add_convolution(draft, key[i], find(draft, "stem", -1, i),
                                 i + 1 < STEM_KEYS ? find(draft, "stem", -1, i + 1)
                                                   : find(draft, "position", -1, 0));
    return status;
}

static int add_qkv(struct draft *draft, uint32_t block)
{
    static const char *const qkv[3] = {"q", "k", "v"};
    int status = SQ_OK;
    for (size_t i = 0; status == SQ_OK && i < 3; i++) {
        const char suffix[] = {'_', qkv[i][0], '\0'};
        status = add_plain(draft, "attention", block, suffix, SQ_PROSPERITY_HEADS,
                           find_in_block(draft, qkv[i], block));
    }
    return status;
}

static int add_block(struct draft *draft, uint32_t block)
{
    int status = add_residual(draft, "fc_q", block, 0);
    if (status == SQ_OK)
        status = add_qkv(draft, block);
    if (status == SQ_OK)
        status = add_plain(draft, "fc_o", block, "", SQ_PROSPERITY_TOKENS,
                           find_in_block(draft, "attention", block));
    if (status == SQ_OK)
        status = add_residual(draft, "fc_1", block, 1);
    if (status == SQ_OK)
        status = add_plain(draft, "fc_2", block, "", SQ_PROSPERITY_TOKENS,
                           find_in_block(draft, "fc1", block));
    return status;
}

/* Spikes of q in the channels that attention's neurons let through. */
static int add_gated(struct draft *draft, const char *layer, uint32_t block)
{
    const int64_t q = find_in_block(draft, "q", block);
    const int64_t gate = find_in_block(draft, "attention", block);
    if (q < 0 || gate < 0)
        return SQ_OK;
    if (population_of(draft, gate)->n_rows != 1 ||
        population_of(draft, gate)->n_channels != population_of(draft, q)->n_channels)
        return bad_sizes(draft, gate, q);
    const int status = add_plain(draft, layer, block, "", SQ_PROSPERITY_TOKENS, q);
    struct sq_prosperity_key *key = &draft->key[draft->n - (status == SQ_OK)];
    if (status != SQ_OK)
        return status;
    key->gate = gate;
    key->open = sq_arena_alloc(draft->arena, key->n_channels, sizeof *key->open);
    return key->open != NULL ? SQ_OK : no_memory(draft);
}

/* A block whose neurons stand in front of its layers. */
static int add_driven_block(struct draft *draft, uint32_t block)
{
    int status = add_plain(draft, "fc_q", block, "", SQ_PROSPERITY_TOKENS,
                           find_in_block(draft, "shortcut", block));
    if (status == SQ_OK)
        status = add_qkv(draft, block);
    if (status == SQ_OK)
        status = add_gated(draft, "fc_o", block);
    if (status == SQ_OK)
        status = add_plain(draft, "fc_1", block, "", SQ_PROSPERITY_TOKENS,
                           find_in_block(draft, "fc1", block));
    if (status == SQ_OK)
        status = add_plain(draft, "fc_2", block, "", SQ_PROSPERITY_TOKENS,
                           find_in_block(draft, "fc2", block));
    return status;
}

/* One more than the highest number of a block, of at most 100. */
static uint32_t count_blocks(const struct sq_selection *selection,
                             const struct sq_export_role *role)
{
    int32_t n = 0;
    for (size_t i = 0; role != NULL && i < selection->n_populations; i++) {
        const int32_t block = role[selection->population[i]].block;
        if (block >= n && block < MOST_BLOCKS)
            n = block + 1;
    }
    return (uint32_t)n;
}

int sq_prosperity_keys(struct sq_error *err, const char *path, const struct sq_selection *selection,
                       const struct sq_export *export, struct sq_arena *arena,
                       struct sq_prosperity_key **key, size_t *n)
{
    struct draft draft = {.err = err,
                          .path = path,
                          .selection = selection,
                          .arena = arena,
                          .role = export->role,
                          .heads = export->heads,
                          .form = export->form,
                          .n_blocks = count_blocks(selection, export->role)};
    if (export->form == SQ_EXPORT_OTHER)
        return sq_fail(
            err, SQ_EUNSUPPORTED,
            "%s: Prosperity has layers of Spikformer and of Spike-driven Transformer without "
            "erosion, none for %s; " SQ_OPT "to npz writes populations by their module paths",
            path, export->unlike);
    draft.key =
        sq_arena_alloc(arena, STEM_KEYS + (size_t)draft.n_blocks * BLOCK_KEYS, sizeof *draft.key);
    if (draft.key == NULL)
        return no_memory(&draft);
    int status = add_stem(&draft);
    for (uint32_t block = 0; status == SQ_OK && block < draft.n_blocks; block++)
        status = export->form == SQ_EXPORT_SDT ? add_driven_block(&draft, block)
                                               : add_block(&draft, block);
    *key = draft.key;
    *n = draft.n;
    if (status == SQ_OK && draft.n == 0)
        return sq_fail(err, SQ_EUNSUPPORTED,
                       "%s: holds none of the populations that Prosperity's keys are made of",
                       path);
    return status;
}
