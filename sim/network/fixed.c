#include "sim/network/fixed.h"

#include "kernels/accumulate/accumulate.h"
#include "sim/network/fixed_draft.h"
#include "sim/network/fold.h"

#include <math.h>
#include <stdlib.h>

enum { MIN_DEFAULT_PIXEL_BITS = 8, MAX_DEFAULT_PIXEL_BITS = 12 };

static int alloc_layer(struct sq_fixed_draft *draft)
{
    struct sq_arena *arena = &draft->network->arena;
    const struct sq_node *node = draft->node;
    const size_t n = (size_t)node->shape.n_words * SQ_BLOCK_WIDTH;
    struct sq_fixed *fixed = sq_arena_alloc(arena, 1, sizeof *fixed);
    draft->sum = calloc(draft->n_out, sizeof *draft->sum);
    draft->largest = calloc(draft->n_out, sizeof *draft->largest);
    draft->fixed = fixed;
    if (fixed != NULL) {
        fixed->exponent = sq_arena_alloc(arena, draft->n_out, 1);
        fixed->bias = sq_arena_alloc(arena, n, sizeof *fixed->bias);
        if (!node->sends_reals)
            fixed->threshold =
                sq_arena_alloc(arena, n * sq_node_levels(node), sizeof *fixed->threshold);
        fixed->rounding = draft->network->fixed.rounding;
    }
    return fixed && draft->sum && draft->largest && fixed->exponent && fixed->bias &&
                   (fixed->threshold || node->sends_reals)
               ? SQ_OK
               : sq_fail(draft->err, SQ_ENOMEM, "%s: out of memory for the integers of %s",
                         draft->network->model_path, draft->node->name);
}

int sq_fixed_draft_begin(const struct sq_fixed_job *job, const struct sq_node *node,
                         struct sq_fixed_draft *draft)
{
    const struct sq_network *network = job->network;
    const struct sq_node *from = &network->node[node->source[0]];
    const struct sq_synapse *synapse = node->synapse;
    *draft = (struct sq_fixed_draft){.err = job->err,
                                     .network = job->network,
                                     .node = node,
                                     .synapse = node->synapse,
                                     .n_out = node->shape.n_channels,
                                     .max_input = from->max_value};
    if (synapse != NULL && job->given != NULL)
        draft->given = &job->given[synapse - network->synapse];
    if (synapse != NULL && job->moments != NULL)
        draft->moments = &job->moments[synapse - network->synapse];
    if (node->kind == SQ_NODE_ANALOG_CONV) {
        draft->max_input = (uint64_t)sq_pixel_limit(&network->fixed);
        draft->input_exponent = sq_pixel_exponent(&network->fixed);
    } else if (from->stream != NULL) {
        draft->max_input = from->largest;
        draft->input_exponent = from->stream->exponent;
    }
    const int status =
        synapse != NULL && job->floats != NULL ? job->floats->load(job->floats->data, node) : SQ_OK;
    return status == SQ_OK ? alloc_layer(draft) : status;
}

void sq_fixed_drop_floats(const struct sq_fixed_job *job, const struct sq_node *node)
{
    if (job->floats != NULL)
        job->floats->drop(job->floats->data, node);
}

void sq_fixed_draft_free(struct sq_fixed_draft *draft)
{
    free(draft->sum);
    free(draft->largest);
    draft->sum = NULL;
    draft->largest = NULL;
}

/* The bound of a current that has no weights: of attention and of sums of spikes, which are whole numbers, and
 * of what reads a stream. */
static uint64_t bound_of_sums(const struct sq_fixed_draft *draft)
{
    const struct sq_node *node = draft->node, *all = draft->network->node;
    const struct sq_node *from = &all[node->source[0]];
    uint64_t bound = draft->max_input * sq_fixed_terms(draft->network, node);
    switch (node->kind) {
    case SQ_NODE_ATTEND:
        bound = (uint64_t)node->attend.n_tokens * node->attend.head_dim;
        for (uint16_t i = 0; i < node->n_sources; i++)
            bound *= all[node->source[i]].max_value;
        return bound;
    case SQ_NODE_SUM:
        return bound * (node->gate == SQ_GATE_TOKENS
                            ? from->shape.n_rows
                            : from->shape.n_channels / node->shape.n_channels);
    case SQ_NODE_MEAN:
        return bound * from->shape.n_rows;
    default:
        return bound;
    }
}

/* Sums of a mean over tokens may be wider than a membrane: they are narrowed. */
static void narrow(struct sq_fixed_draft *draft)
{
    const int exponent = draft->input_exponent;
    while (draft->node->kind == SQ_NODE_MEAN &&
           sq_fixed_membrane_bound(draft, 0, 0) > (double)sq_fixed_limit(draft->network))
        draft->fixed->narrowed++;
    for (size_t o = 0; o < draft->n_out; o++)
        draft->fixed->exponent[o] = (int8_t)(exponent - (int)draft->fixed->narrowed);
}

/* Bounds, exponents and guard bits of a population without weights. What reads a stream has the guard bits
 * of the stream. */
static int set_sums(struct sq_fixed_draft *draft)
{
    const struct sq_node *node = draft->node;
    for (size_t o = 0; o < draft->n_out; o++)
        draft->sum[o] = bound_of_sums(draft);
    narrow(draft);
    return draft->network->node[node->source[0]].stream != NULL || node->kind == SQ_NODE_MEAN
               ? SQ_OK
               : sq_fixed_set_guard(draft);
}

static int make_population(const struct sq_fixed_job *job, struct sq_node *node)
{
    struct sq_fixed_draft draft;
    int status = sq_fixed_draft_begin(job, node, &draft);
    if (status == SQ_OK && draft.synapse == NULL)
        status = set_sums(&draft);
    else if (status == SQ_OK)
        status = sq_fixed_set_exponents(&draft);
    if (status == SQ_OK && draft.synapse != NULL)
        status = sq_fixed_set_guard(&draft);
    if (status == SQ_OK) {
        sq_fixed_set_widths(&draft);
        draft.fixed->leak = sq_fixed_leak(node);
        status = sq_fixed_set_thresholds(&draft);
    }
    if (status == SQ_OK && draft.synapse != NULL)
        status = sq_fixed_pack(&draft);
    if (status == SQ_OK && draft.synapse != NULL)
        sq_fixed_drop_floats(job, node);
    sq_fixed_draft_free(&draft);
    node->fixed = draft.fixed;
    return status;
}

static int check_setting(struct sq_error *err, const char *name, uint32_t value, uint32_t least,
                         uint32_t most)
{
    return value >= least && value <= most
               ? SQ_OK
               : sq_fail(err, SQ_EUSAGE, "%s %u: expected %u to %u", name, value, least, most);
}

int sq_fixed_check_settings(struct sq_error *err, const struct sq_fixed_settings *s)
{
    int status = check_setting(err, SQ_OPT "weight-bits", s->weight_bits, SQ_MIN_WEIGHT_BITS,
                               SQ_MAX_WEIGHT_BITS);
    if (status == SQ_OK)
        status = check_setting(err, SQ_OPT "membrane-bits", s->membrane_bits, SQ_MIN_MEMBRANE_BITS,
                               SQ_MAX_MEMBRANE_BITS);
    if (status == SQ_OK)
        status = check_setting(err, SQ_OPT "pixel-bits", s->pixel_bits, SQ_MIN_PIXEL_BITS,
                               SQ_MAX_PIXEL_BITS);
    if (status == SQ_OK && !(s->pixel_max >= 0x1p-16 && s->pixel_max <= 0x1p16))
        status =
            sq_fail(err, SQ_EUSAGE, SQ_OPT "pixel-max %g: expected 2^-16 to 2^16", s->pixel_max);
    return status;
}

/* The largest pixel that the configuration tells of: normalised bytes, or counts of events; images
 * that are neither are taken to lie within +-8. */
static double default_pixel_max(const struct sq_network *network, uint32_t pixel_bits)
{
    const struct sq_config *config = &network->config;
    double most = 0;
    if (sq_config_takes_frames(config))
        return ldexp(1.0, (int)pixel_bits - 1) - 1;
    for (uint32_t c = 0; c < config->n_mean && c < config->n_std; c++) {
        const double mean = (double)config->mean[c], std = (double)config->std[c];
        most = fmax(most, fmax(fabs((0 - mean) / std), fabs((1 - mean) / std)));
    }
    return most > 0 ? most * (1 + 0x1p-20) : 8; /* bytes are normalised in float32 */
}

static void fill_settings(struct sq_network *network, const struct sq_fixed_settings *settings,
                          uint32_t pixel_bits)
{
    struct sq_fixed_settings *s = &network->fixed;
    *s = *settings;
    s->weight_bits = s->weight_bits > 0 ? s->weight_bits : 8;
    s->membrane_bits = s->membrane_bits > 0 ? s->membrane_bits : SQ_MAX_MEMBRANE_BITS;
    s->pixel_bits = s->pixel_bits > 0 ? s->pixel_bits : pixel_bits;
    s->pixel_max = s->pixel_max > 0 ? s->pixel_max : default_pixel_max(network, s->pixel_bits);
}

/* How wide the sums and products of a node are; additions of streams as wide as what they make. */
static void note_widths(const struct sq_network *network, struct sq_node *node)
{
    const struct sq_node *from = &network->node[node->source[0]];
    if (node->kind == SQ_NODE_REAL_ADD)
        node->adder_bits = sq_fixed_bits(node->largest);
    if (node->fixed == NULL)
        return;
    node->adder_bits = node->fixed->sum_bits;
    node->factor_bits = 0;
    if (node->kind == SQ_NODE_ANALOG_CONV)
        node->factor_bits = network->fixed.weight_bits * network->fixed.pixel_bits;
    if (node->kind == SQ_NODE_REAL_CONV)
        node->factor_bits = network->fixed.weight_bits * sq_fixed_bits(from->largest);
}

/* Weights that a tile widens are of 8 bits; so are those whose sums fit 16. */
static void bind(struct sq_node *node)
{
    const struct sq_fixed *fixed = node->fixed;
    node->arithmetic = fixed == NULL && node->stream == NULL ? SQ_IN_F32 : SQ_IN_I16;
    if (fixed == NULL)
        return;
    if (fixed->sum_bytes == 8)
        node->arithmetic = SQ_IN_I64;
    else if (fixed->weight_bytes == 1)
        node->arithmetic = fixed->sum_bytes == 2 ? SQ_IN_I8 : SQ_IN_I8_TILES;
}

/* All layers. Streams first: populations read them. */
static int make_layers(const struct sq_fixed_job *job)
{
    struct sq_network *network = job->network;
    int status = sq_fixed_check_settings(job->err, &network->fixed);
    if (status == SQ_OK)
        status = sq_fixed_make_streams(job);
    for (size_t i = 0; status == SQ_OK && i < network->n_nodes; i++)
        if (sq_node_is_population(&network->node[i]))
            status = make_population(job, &network->node[i]);
    for (size_t i = 0; status == SQ_OK && i < network->n_nodes; i++)
        note_widths(network, &network->node[i]);
    for (size_t i = 0; status == SQ_OK && i < network->n_nodes; i++)
        bind(&network->node[i]);
    network->is_fixed = status == SQ_OK;
    sq_arith_write(&network->fixed, network->arith);
    return status;
}

/* Fixed point runs neurons whose leak is a shift. */
static int check_nodes(struct sq_error *err, const struct sq_network *network)
{
    char why[128];
    for (size_t i = 0; i < network->n_nodes; i++)
        if (sq_fixed_refuses(network, &network->node[i], why, sizeof why))
            return sq_fail(err, SQ_EUNSUPPORTED,
                           "%s: fixed point does not run %s: %s; run it in f32",
                           network->model_path, network->node[i].name, why);
    return SQ_OK;
}

int sq_fixed_make_as(struct sq_error *err, struct sq_network *network,
                     const struct sq_fixed_settings *settings, const struct sq_fixed_given *given,
                     const struct sq_fixed_floats *floats)
{
    const struct sq_fixed_job job = {
        .err = err, .network = network, .given = given, .floats = floats};
    const int status = check_nodes(err, network);
    network->fixed = *settings;
    return status == SQ_OK ? make_layers(&job) : status;
}

/* Does the first layer hold its bounds, as the settings are? */
static int first_layer_fits(const struct sq_fixed_job *of, struct sq_node *node)
{
    const struct sq_fixed_job job = {.network = of->network, .floats = of->floats};
    struct sq_fixed_draft draft;
    int status = sq_fixed_draft_begin(&job, node, &draft);
    if (status == SQ_OK)
        status = sq_fixed_set_exponents(&draft);
    if (status == SQ_OK && !node->sends_reals)
        status = sq_fixed_set_guard(&draft);
    sq_fixed_draft_free(&draft);
    return status == SQ_OK;
}

/* The most bits of a pixel, of those that are the default, that the first layer's bound allows. */
static uint32_t default_pixel_bits(const struct sq_fixed_job *job,
                                   const struct sq_fixed_settings *settings)
{
    struct sq_network *network = job->network;
    for (uint32_t bits = MAX_DEFAULT_PIXEL_BITS; bits > MIN_DEFAULT_PIXEL_BITS; bits--) {
        fill_settings(network, settings, bits);
        for (size_t i = 0; i < network->n_nodes; i++)
            if (network->node[i].kind == SQ_NODE_ANALOG_CONV &&
                sq_fixed_check_settings(NULL, &network->fixed) == SQ_OK &&
                first_layer_fits(job, &network->node[i]))
                return bits;
    }
    return MIN_DEFAULT_PIXEL_BITS;
}

/* What was asked for must be what the file holds. */
static int compare_settings(struct sq_error *err, const struct sq_network *network,
                            const struct sq_fixed_settings *wanted)
{
    const struct sq_fixed_settings *s = &network->fixed;
    if ((wanted->weight_bits == 0 || wanted->weight_bits == s->weight_bits) &&
        (wanted->membrane_bits == 0 || wanted->membrane_bits == s->membrane_bits) &&
        (wanted->pixel_bits == 0 || wanted->pixel_bits == s->pixel_bits) &&
        (!(wanted->pixel_max > 0) || wanted->pixel_max == s->pixel_max) &&
        (!wanted->has_scale || wanted->by_layer == s->by_layer) &&
        (!wanted->has_rounding || wanted->rounding == s->rounding))
        return SQ_OK;
    return sq_fail(err, SQ_EVALUE,
                   "%s: was quantised with other settings than asked for: %s; leave them out, or "
                   "quantise the trained checkpoint again",
                   network->model_path, network->arith);
}

static void forget(const struct sq_shared_weights *shared, float *weight, size_t bytes)
{
    if (shared != NULL && shared->memory != NULL)
        sq_shared_weights_forget(shared, weight, bytes);
    else
        sq_arena_forget(weight, bytes);
}

void sq_fixed_forget_floats(struct sq_network *network)
{
    for (size_t i = 0; network->is_fixed && i < network->n_nodes; i++) {
        const struct sq_synapse *synapse = network->node[i].synapse;
        if (synapse != NULL && network->node[i].fixed != NULL && synapse->weight != NULL)
            forget(network->shared, synapse->weight,
                   sq_packed_count(synapse) * sizeof *synapse->weight);
    }
}

/* Of a network in float32. */
static int make(const struct sq_fixed_job *job, const struct sq_fixed_settings *settings)
{
    struct sq_fixed_settings wanted = *settings;
    const int status = check_nodes(job->err, job->network);
    if (status != SQ_OK)
        return status;
    if (wanted.pixel_bits == 0)
        wanted.pixel_bits = default_pixel_bits(job, settings);
    fill_settings(job->network, &wanted, wanted.pixel_bits);
    return make_layers(job);
}

int sq_fixed_make_from(struct sq_error *err, struct sq_network *network,
                       const struct sq_fixed_settings *settings,
                       const struct sq_fixed_floats *floats)
{
    const struct sq_fixed_job job = {.err = err, .network = network, .floats = floats};
    return make(&job, settings);
}

int sq_fixed_make(struct sq_error *err, struct sq_network *network,
                  const struct sq_fixed_settings *settings, const struct sq_moments *moments)
{
    const struct sq_fixed_job job = {.err = err, .network = network, .moments = moments};
    return network->is_fixed ? compare_settings(err, network, settings) : make(&job, settings);
}
