#include "sim/network/fixed.h"

#include "kernels/accumulate/accumulate.h"
#include "sim/network/fixed_draft.h"

#include <math.h>
#include <stdlib.h>

enum { MIN_DEFAULT_PIXEL_BITS = 8, MAX_DEFAULT_PIXEL_BITS = 12 };

static int alloc_layer(struct sq_fixed_draft *draft)
{
    struct sq_arena *arena = &draft->network->arena;
    const size_t n = (size_t)draft->node->shape.n_words * SQ_BLOCK_WIDTH;
    struct sq_fixed *fixed = sq_arena_alloc(arena, 1, sizeof *fixed);
    draft->sum = calloc(draft->n_out, sizeof *draft->sum);
    draft->fixed = fixed;
    if (fixed != NULL) {
        fixed->exponent = sq_arena_alloc(arena, draft->n_out, 1);
        fixed->bias = sq_arena_alloc(arena, n, sizeof *fixed->bias);
        fixed->threshold = sq_arena_alloc(arena, n, sizeof *fixed->threshold);
        fixed->rounding = draft->network->fixed.rounding;
    }
    return fixed && draft->sum && fixed->exponent && fixed->bias && fixed->threshold
               ? SQ_OK
               : sq_fail(draft->err, SQ_ENOMEM, "%s: out of memory for the integers of %s",
                         draft->network->model_path, draft->node->name);
}

/* SSA: currents are whole numbers, e = 0; the bound is that of the sums. */
static void bound_attention(struct sq_fixed_draft *draft)
{
    const struct sq_attend_shape *shape = &draft->node->attend;
    for (size_t o = 0; o < draft->n_out; o++)
        draft->sum[o] = (uint64_t)shape->n_tokens * shape->head_dim;
}

/* How a layer's exponents come about: given, by the moments of its inputs, or by range. */
struct choice {
    const struct sq_fixed_given *given;
    const struct sq_moments *moments;
};

static int make_layer(struct sq_error *err, struct sq_network *network, struct sq_node *node,
                      const struct choice *choice)
{
    const int is_analog = node->kind == SQ_NODE_ANALOG_CONV;
    struct sq_fixed_draft draft = {.err = err,
                                   .network = network,
                                   .node = node,
                                   .synapse = node->synapse,
                                   .n_out = node->shape.n_channels,
                                   .moments = choice->moments};
    draft.max_input = is_analog ? (uint64_t)sq_pixel_limit(&network->fixed)
                                : network->node[node->source[0]].max_value;
    draft.input_exponent = is_analog ? sq_pixel_exponent(&network->fixed) : 0;
    int status = alloc_layer(&draft);
    if (status == SQ_OK && draft.synapse == NULL)
        bound_attention(&draft);
    else if (status == SQ_OK)
        status = choice->given != NULL ? sq_fixed_check_exponents(&draft, choice->given->exponent)
                                       : sq_fixed_choose_exponents(&draft);
    if (status == SQ_OK)
        status = choice->given != NULL ? sq_fixed_check_guard(&draft, choice->given->guard_bits)
                                       : sq_fixed_choose_guard(&draft);
    if (status == SQ_OK)
        status = sq_fixed_pack(&draft);
    free(draft.sum);
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

/* How wide the sums and products of a population are. */
static void note_widths(const struct sq_network *network, struct sq_node *node)
{
    node->adder_bits = node->fixed->sum_bits;
    node->factor_bits = node->kind == SQ_NODE_ANALOG_CONV
                            ? network->fixed.weight_bits * network->fixed.pixel_bits
                            : 0;
}

/* All layers; `given` and `moments` are [n_synapses] or NULL. */
static int make_layers(struct sq_error *err, struct sq_network *network,
                       const struct sq_fixed_given *given, const struct sq_moments *moments)
{
    int status = sq_fixed_check_settings(err, &network->fixed);
    for (size_t i = 0; status == SQ_OK && i < network->n_nodes; i++) {
        struct sq_node *node = &network->node[i];
        struct choice choice = {NULL, NULL};
        if (node->synapse != NULL && given != NULL)
            choice.given = &given[node->synapse - network->synapse];
        if (node->synapse != NULL && moments != NULL)
            choice.moments = &moments[node->synapse - network->synapse];
        if (sq_node_is_population(node))
            status = make_layer(err, network, node, &choice);
        if (sq_node_is_population(node) && status == SQ_OK)
            note_widths(network, node);
    }
    network->is_fixed = status == SQ_OK;
    sq_arith_write(&network->fixed, network->arith);
    return status;
}

int sq_fixed_make_as(struct sq_error *err, struct sq_network *network,
                     const struct sq_fixed_settings *settings, const struct sq_fixed_given *given)
{
    network->fixed = *settings;
    return make_layers(err, network, given, NULL);
}

/* The most bits of a pixel, of those that are the default, that the first layer's bound allows. */
static uint32_t default_pixel_bits(struct sq_network *network,
                                   const struct sq_fixed_settings *settings)
{
    const struct choice by_range = {NULL, NULL};
    for (uint32_t bits = MAX_DEFAULT_PIXEL_BITS; bits > MIN_DEFAULT_PIXEL_BITS; bits--) {
        fill_settings(network, settings, bits);
        for (size_t i = 0; i < network->n_nodes; i++)
            if (network->node[i].kind == SQ_NODE_ANALOG_CONV &&
                sq_fixed_check_settings(NULL, &network->fixed) == SQ_OK &&
                make_layer(NULL, network, &network->node[i], &by_range) == SQ_OK)
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

/* Fixed point runs LIF of tau 2 behind synapses and attention. */
static int check_nodes(struct sq_error *err, const struct sq_network *network)
{
    for (size_t i = 0; i < network->n_nodes; i++) {
        const struct sq_node *node = &network->node[i];
        const int is_other = node->sends_reals || node->kind == SQ_NODE_SUM ||
                             node->kind == SQ_NODE_MASKED || node->kind == SQ_NODE_NEURONS ||
                             node->kind == SQ_NODE_MEAN;
        const int is_plain = node->neuron.model == SQ_MODEL_LIF && node->neuron.tau == 2;
        if (is_other || (sq_node_is_population(node) && !is_plain))
            return sq_fail(
                err, SQ_EUNSUPPORTED,
                "%s: fixed point runs LIF neurons of tau 2 behind synapses and attention; "
                "%s %s; run it in f32",
                network->model_path, node->name,
                node->sends_reals               ? "sends reals"
                : node->kind == SQ_NODE_SUM     ? "sums spikes"
                : node->kind == SQ_NODE_MASKED  ? "is a grouped convolution"
                : node->kind == SQ_NODE_NEURONS ? "reads a stream of reals"
                : node->kind == SQ_NODE_MEAN    ? "reads a mean over tokens"
                                                : "is another neuron");
    }
    return SQ_OK;
}

int sq_fixed_make(struct sq_error *err, struct sq_network *network,
                  const struct sq_fixed_settings *settings, const struct sq_moments *moments)
{
    struct sq_fixed_settings wanted = *settings;
    const int status = check_nodes(err, network);
    if (status != SQ_OK)
        return status;
    if (network->is_fixed)
        return compare_settings(err, network, settings);
    if (wanted.pixel_bits == 0)
        wanted.pixel_bits = default_pixel_bits(network, settings);
    fill_settings(network, &wanted, wanted.pixel_bits);
    return make_layers(err, network, NULL, moments);
}
