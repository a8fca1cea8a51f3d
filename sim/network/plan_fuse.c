/* Fusion: a population with the synapse, the attention, the sum or the mean whose current nobody else
 * reads. */
#include "sim/network/plan_draft.h"

#include "kernels/base/bits.h"
#include "sim/ops/windows.h"

#include <math.h>
#include <stdio.h>

/* What a node is made of: where its current comes from, and what folds in between: up to `last`. */
struct chain {
    const struct sq_graph_node *last, *source;
    uint32_t n_folded;
};

/* The grid that a linear layer reads whole, as one kernel; 1: it reads rows. */
static uint32_t flat_side(const struct sq_plan_draft *draft, const struct sq_graph_node *layer)
{
    const struct sq_graph_node *from = sq_plan_input(draft, layer, 0);
    while (from->operation == SQ_OPERATION_FLATTEN)
        from = sq_plan_input(draft, from, 0);
    return sq_plan_input(draft, layer, 0)->operation == SQ_OPERATION_FLATTEN ? from->out_height : 1;
}

static bool is_linear(const struct sq_plan_draft *draft, const struct sq_graph_node *layer)
{
    return layer->operation == SQ_OPERATION_LINEAR ? flat_side(draft, layer) == 1
                                                   : layer->kernel == 1 && layer->stride == 1;
}

static bool is_layer(const struct sq_graph_node *node)
{
    return node->operation == SQ_OPERATION_CONV || node->operation == SQ_OPERATION_LINEAR;
}

static bool is_sum(const struct sq_graph_node *node)
{
    return node->operation == SQ_OPERATION_SUM_TOKENS ||
           node->operation == SQ_OPERATION_SUM_CHANNELS;
}

static bool is_dssa(const struct sq_graph_node *node)
{
    return node->operation == SQ_OPERATION_DSSA_SCORE || node->operation == SQ_OPERATION_DSSA_MIX;
}

/* How many taps inputs have along an axis; *sum over all of them. NULL: out of memory. */
static const uint32_t *count_taps(struct sq_arena *arena, const struct sq_synapse *synapse,
                                  uint32_t n, uint64_t *sum)
{
    const struct sq_window_axis axis = {n, synapse->kernel, synapse->stride, synapse->padding};
    uint32_t *taps = sq_arena_alloc(arena, n, sizeof *taps);
    *sum = 0;
    for (uint32_t i = 0; taps != NULL && i < n; i++)
        *sum += taps[i] = sq_windows_holding(&axis, i);
    return taps;
}

static void name_kind(struct sq_synapse *synapse, const struct sq_node *node)
{
    const struct sq_graph_node *layer = synapse->layer;
    const char *of = node->kind == SQ_NODE_ANALOG_CONV ? "_analog"
                     : node->kind == SQ_NODE_REAL_CONV ? "_real"
                                                       : "";
    if (layer->operation == SQ_OPERATION_LINEAR)
        snprintf(synapse->kind, sizeof synapse->kind, "linear%s", of);
    else
        snprintf(synapse->kind, sizeof synapse->kind, "conv%ux%u%s", synapse->kernel,
                 synapse->kernel, of);
}

/* What folds into a synapse, and the kernel that it makes. */
static int list_folded(struct sq_plan_draft *draft, const struct chain *chain,
                       struct sq_synapse *synapse)
{
    struct sq_arena *arena = &draft->network->arena;
    if (chain->n_folded == 1 && chain->last->operation == SQ_OPERATION_BN) {
        synapse->norm = chain->last;
        return SQ_OK;
    }
    synapse->folded = sq_arena_alloc(arena, chain->n_folded + 1, sizeof *synapse->folded);
    if (synapse->folded == NULL)
        return sq_fail(draft->err, SQ_ENOMEM, "out of memory for %s", synapse->name);
    uint32_t at = synapse->n_folded = chain->n_folded;
    for (const struct sq_graph_node *node = chain->last; node != chain->source;
         node = sq_plan_input(draft, node, 0)) {
        synapse->folded[--at] = node;
        if (node->operation == SQ_OPERATION_BN)
            synapse->padding += node->padding;
        else if (node->kernel > synapse->kernel)
            synapse->kernel = node->kernel;
        if (node->operation == SQ_OPERATION_BN && synapse->norm == NULL)
            synapse->norm = node;
    }
    return SQ_OK;
}

/* The synapse in front of a node, whose only source is connected. */
static int add_synapse(struct sq_plan_draft *draft, const struct chain *chain, struct sq_node *node)
{
    struct sq_network *network = draft->network;
    const struct sq_graph_node *layer = chain->source;
    const struct sq_node *from = &network->node[node->source[0]];
    struct sq_synapse *synapse = &network->synapse[network->n_synapses++];
    const bool is_kernel = layer->operation == SQ_OPERATION_CONV;
    uint64_t down, across;
    snprintf(synapse->name, sizeof synapse->name, "%s", layer->weight);
    synapse->layer = layer;
    synapse->kernel = is_kernel ? layer->kernel : flat_side(draft, layer);
    synapse->stride = is_kernel ? layer->stride : 1;
    synapse->padding = is_kernel ? layer->padding : 0;
    const int status = list_folded(draft, chain, synapse);
    if (status != SQ_OK)
        return status;
    synapse->c_in = from->shape.n_channels;
    const uint32_t groups = is_kernel ? layer->groups : 1;
    synapse->n_in = synapse->kernel * synapse->kernel * (synapse->c_in / groups);
    synapse->n_out = node->shape.n_channels;
    synapse->n_blocks = (uint32_t)sq_words_for(synapse->n_out);
    synapse->taps = (struct sq_taps){from->height, from->width,
                                     count_taps(&network->arena, synapse, from->height, &down),
                                     count_taps(&network->arena, synapse, from->width, &across)};
    if (synapse->taps.down == NULL || synapse->taps.across == NULL)
        return sq_fail(draft->err, SQ_ENOMEM, "out of memory for the taps of %s", synapse->name);
    synapse->dense = down * across * synapse->c_in * (synapse->n_out / groups);
    node->synapse = synapse;
    name_kind(synapse, node);
    return SQ_OK;
}

/* Which convolutions the kernels compute. */
static int check_conv(const struct sq_plan_draft *draft, const struct sq_graph_node *layer)
{
    const struct sq_graph_node *from = sq_plan_input(draft, layer, 0);
    if (layer->groups != 1 &&
        (from->operation == SQ_OPERATION_INPUT || from->edge == SQ_EDGE_REALS))
        return sq_plan_refuse(
            draft, layer,
            "groups %u: the engine runs groups of spikes and counts, \"%s\" sends "
            "%s",
            layer->groups, from->id, sq_edge_name(from->edge));
    if (layer->padding >= layer->kernel)
        return sq_plan_refuse(draft, layer,
                              "padding %u: the engine pads by less than the kernel %u",
                              layer->padding, layer->kernel);
    if (from->operation == SQ_OPERATION_INPUT && layer->axes_of_kernel == 1)
        return sq_plan_refuse(draft, layer, "reads the input by a kernel with one axis");
    return SQ_OK;
}

/* Does a kernel wider than one tap fold into the layer? */
static bool widens(const struct sq_plan_draft *draft, const struct chain *chain)
{
    for (const struct sq_graph_node *at = chain->last; at != chain->source;
         at = sq_plan_input(draft, at, 0))
        if (at->operation == SQ_OPERATION_CONV && at->kernel > 1)
            return true;
    return false;
}

static enum sq_node_kind kind_of(const struct sq_plan_draft *draft, const struct chain *chain)
{
    const struct sq_graph_node *from = sq_plan_input(draft, chain->source, 0);
    if (chain->source->operation == SQ_OPERATION_ATTEND)
        return SQ_NODE_ATTEND;
    if (is_sum(chain->source))
        return SQ_NODE_SUM;
    if (is_dssa(chain->source))
        return chain->source->operation == SQ_OPERATION_DSSA_SCORE ? SQ_NODE_SCORE : SQ_NODE_MIX;
    if (chain->source->operation == SQ_OPERATION_MEAN_TOKENS)
        return SQ_NODE_MEAN;
    if (from->operation == SQ_OPERATION_INPUT)
        return SQ_NODE_ANALOG_CONV;
    if (from->edge == SQ_EDGE_REALS)
        return SQ_NODE_REAL_CONV;
    if (chain->source->operation == SQ_OPERATION_CONV && chain->source->groups > 1)
        return SQ_NODE_MASKED;
    return is_linear(draft, chain->source) && !widens(draft, chain) ? SQ_NODE_LINEAR : SQ_NODE_CONV;
}

/* Follow a current back to where packets enter. False: the neurons read a stream of reals. */
static bool find_chain(const struct sq_plan_draft *draft, const struct sq_graph_node *at,
                       struct chain *chain)
{
    *chain = (struct chain){.source = at, .last = at};
    if (draft->sender[sq_plan_index(draft, at)] != SQ_NO_SENDER)
        return false;
    for (; sq_plan_folds(chain->source); chain->n_folded++)
        chain->source = sq_plan_input(draft, chain->source, 0);
    return true;
}

static int check_chain(const struct sq_plan_draft *draft, const struct sq_graph_node *reader,
                       const struct chain *chain)
{
    const struct sq_graph_node *source = chain->source;
    const bool is_mean =
        source->operation == SQ_OPERATION_MEAN_TOKENS; /* each reader makes its own */
    if (!is_layer(source) && !is_sum(source) && !is_dssa(source) && !is_mean &&
        source->operation != SQ_OPERATION_ATTEND)
        return sq_plan_refuse(draft, reader,
                              "its current comes from \"%s\" (%s), which the engine does not run",
                              source->id, sq_operation_name(source->operation));
    if (source->n_readers != 1 && !is_layer(source) && !is_mean)
        return sq_plan_refuse(draft, source,
                              "its current is read by %u nodes; the engine keeps those of layers",
                              source->n_readers);
    if (source->operation == SQ_OPERATION_LINEAR && flat_side(draft, source) > 255)
        return sq_plan_refuse(draft, source, "reads %u lines at once; the engine reads 255",
                              flat_side(draft, source));
    return source->operation == SQ_OPERATION_CONV ? check_conv(draft, source) : SQ_OK;
}

/* SSA of counts, or whose scale does not move into the threshold: whole numbers become currents by one
 * factor. */
static void describe_graded(const struct sq_plan_draft *draft, const struct sq_graph_node *attend,
                            struct sq_node *node)
{
    struct sq_graded_shape *graded = &node->graded;
    double factor = (double)(float)attend->scale;
    for (uint32_t i = 0; i < 3; i++) {
        const struct sq_node *from = &draft->network->node[node->source[i]];
        graded->n_planes[i] = from->shape.n_planes;
        factor *= from->unit;
    }
    graded->keys = node->attend;
    graded->value_dim = node->shape.n_channels / attend->heads;
    graded->value_words = node->shape.n_words;
    node->graded_factor = (float)factor;
}

/* Is it SSA of spikes with as many channels of q and k as of v, read by neurons with a threshold? */
static bool is_plain(const struct sq_plan_draft *draft, const struct sq_graph_node *neuron,
                     const struct sq_graph_node *attend)
{
    int exponent;
    for (uint32_t i = 0; i < 3; i++)
        if (sq_plan_input(draft, attend, i)->edge != SQ_EDGE_SPIKES)
            return false;
    return neuron->neuron != SQ_NEURON_KIND_MULTISPIKE &&
           frexpf((float)attend->scale, &exponent) == 0.5f &&
           sq_plan_input(draft, attend, 0)->out_channels == attend->out_channels;
}

/* SSA: a scale that is a power of two moves from the current into the threshold exactly. */
static void describe_attention(const struct sq_plan_draft *draft, const struct chain *chain,
                               struct sq_node *node)
{
    const struct sq_graph_node *attend = chain->source;
    const struct sq_spike_shape *q = &draft->network->node[node->source[0]].shape;
    const float scale = (float)attend->scale;
    int exponent;
    frexpf(scale, &exponent);
    node->order = attend->order == SQ_PRODUCT_KV ? SQ_ATTEND_KV_FIRST : SQ_ATTEND_QK_FIRST;
    node->score_exponent = attend->scaled == SQ_SCALED_SCORES ? exponent - 1 : 0;
    node->attend = (struct sq_attend_shape){.n_tokens = node->shape.n_rows,
                                            .n_heads = attend->heads,
                                            .head_dim = q->n_channels / attend->heads,
                                            .n_words = q->n_words};
    if (!is_plain(draft, node->graph, attend)) {
        describe_graded(draft, attend, node);
        return;
    }
    node->threshold /= scale;
    node->neuron.threshold = node->threshold;
    node->current_scale = scale;
}

/* Its neurons; the decay of PLIF comes with the weights. */
static void describe_neurons(const struct sq_graph_node *neuron, struct sq_node *node)
{
    static const enum sq_neuron_model model[SQ_NEURON_KINDS] = {
        [SQ_NEURON_KIND_LIF] = SQ_MODEL_LIF,
        [SQ_NEURON_KIND_PLIF] = SQ_MODEL_PLIF,
        [SQ_NEURON_KIND_IF] = SQ_MODEL_IF,
        [SQ_NEURON_KIND_MS] = SQ_MODEL_MS,
    };
    if (neuron->neuron == SQ_NEURON_KIND_MULTISPIKE)
        return;
    node->threshold = (float)neuron->threshold;
    node->neuron = (struct sq_neuron){.model = model[neuron->neuron],
                                      .threshold = node->threshold,
                                      .tau = (float)neuron->tau,
                                      .decay = (float)neuron->decay};
}

/* The node of a chain, connected to its sources, with its synapse. */
static int add_chain(struct sq_plan_draft *draft, const struct chain *chain,
                     const struct sq_graph_node *sends, struct sq_node **out)
{
    const enum sq_node_kind kind = kind_of(draft, chain);
    struct sq_node *node = *out = sq_plan_add_node(draft, sends, kind);
    int status = SQ_OK;
    draft->is_used[sq_plan_index(draft, chain->source)] = 1;
    for (const struct sq_graph_node *at = chain->last; at != chain->source;
         at = sq_plan_input(draft, at, 0))
        draft->is_used[sq_plan_index(draft, at)] = 1;
    node->gate =
        chain->source->operation == SQ_OPERATION_SUM_TOKENS ? SQ_GATE_TOKENS : SQ_GATE_HEADS;
    node->n_heads = chain->source->heads;
    for (uint32_t i = 0; status == SQ_OK && i < chain->source->n_inputs; i++)
        status = sq_plan_connect(draft, chain->source, i, node);
    return status == SQ_OK && is_layer(chain->source) ? add_synapse(draft, chain, node) : status;
}

int sq_plan_add_population(struct sq_plan_draft *draft, const struct sq_graph_node *neuron)
{
    struct chain chain;
    struct sq_node *node;
    if (!find_chain(draft, sq_plan_input(draft, neuron, 0), &chain)) {
        node = sq_plan_add_node(draft, neuron, SQ_NODE_NEURONS);
        describe_neurons(neuron, node);
        return sq_plan_connect(draft, neuron, 0, node);
    }
    int status = check_chain(draft, neuron, &chain);
    if (status == SQ_OK)
        status = add_chain(draft, &chain, neuron, &node);
    if (status != SQ_OK)
        return status;
    describe_neurons(neuron, node);
    if (node->kind == SQ_NODE_ATTEND)
        describe_attention(draft, &chain, node);
    return SQ_OK;
}

int sq_plan_add_current(struct sq_plan_draft *draft, const struct sq_graph_node *layer)
{
    struct chain chain;
    struct sq_node *node;
    find_chain(draft, layer, &chain);
    const int status = check_chain(draft, layer, &chain);
    return status == SQ_OK ? add_chain(draft, &chain, layer, &node) : status;
}
