/* Fusion: a population with the synapse, or the attention, whose current nobody else reads. */
#include "sim/network/plan_draft.h"

#include "kernels/base/bits.h"

#include <math.h>
#include <stdio.h>

/* What a node of the graph is made of: the population, and what stands between it and its packets. */
struct chain {
    const struct sq_graph_node *neuron, *norm, *source;
};

static bool is_linear(const struct sq_graph_node *layer)
{
    return layer->operation == SQ_OPERATION_LINEAR || layer->kernel == 1;
}

/* The synapse in front of a node, whose only source is connected. */
static int add_synapse(struct sq_plan_draft *draft, const struct chain *chain, struct sq_node *node)
{
    struct sq_network *network = draft->network;
    const struct sq_graph_node *layer = chain->source;
    struct sq_node *from = &network->node[node->source[0]];
    struct sq_synapse *synapse = &network->synapse[network->n_synapses++];
    const uint32_t c_in = from->shape.n_channels, c_out = node->shape.n_channels;
    snprintf(synapse->name, sizeof synapse->name, "%s", layer->weight);
    synapse->layer = layer;
    synapse->norm = chain->norm;
    synapse->n_in = is_linear(layer) ? c_in : 9 * c_in;
    synapse->n_out = c_out;
    synapse->n_blocks = (uint32_t)sq_words_for(c_out);
    /* A tap exists for 3h - 2 of the rows it could meet, and as many columns alike. */
    synapse->dense = is_linear(layer)
                         ? (uint64_t)from->shape.n_rows * c_in * c_out
                         : (uint64_t)(3 * node->height - 2) * (3 * node->width - 2) * c_in * c_out;
    node->synapse = synapse;
    return node->kind == SQ_NODE_ANALOG_CONV
               ? SQ_OK
               : sq_plan_want_lists(draft, layer, from, is_linear(layer) ? 1 : from->width);
}

/* Which convolutions the kernels compute. */
static int check_conv(const struct sq_plan_draft *draft, const struct sq_graph_node *layer)
{
    const struct sq_graph_node *from = sq_plan_input(draft, layer, 0);
    const bool is_3x3 = layer->kernel == 3 && layer->padding == 1;
    const bool is_1x1 = layer->kernel == 1 && layer->padding == 0;
    if ((!is_3x3 && !is_1x1) || layer->stride != 1 || layer->groups != 1)
        return sq_plan_refuse(
            draft, layer,
            "kernel %u, stride %u, padding %u, groups %u: the engine runs 3x3 kernels "
            "with padding 1 and 1x1 kernels, stride 1, groups 1",
            layer->kernel, layer->stride, layer->padding, layer->groups);
    if (from->operation == SQ_OPERATION_INPUT && !is_3x3)
        return sq_plan_refuse(draft, layer, "reads the input; the engine does so by a 3x3 kernel");
    if (is_3x3 && from->edge == SQ_EDGE_COUNTS && from->operation != SQ_OPERATION_INPUT)
        return sq_plan_refuse(draft, layer,
                              "reads counts from \"%s\"; the engine runs 3x3 kernels of spikes",
                              from->id);
    return SQ_OK;
}

/* Follow a population's current back to where packets enter. */
static int find_chain(const struct sq_plan_draft *draft, const struct sq_graph_node *neuron,
                      struct chain *chain)
{
    const struct sq_graph_node *at = sq_plan_input(draft, neuron, 0);
    *chain = (struct chain){.neuron = neuron};
    if (at->operation == SQ_OPERATION_BN && at->n_readers == 1) {
        chain->norm = at;
        at = sq_plan_input(draft, at, 0);
    }
    chain->source = at;
    const bool is_layer =
        at->operation == SQ_OPERATION_CONV || at->operation == SQ_OPERATION_LINEAR;
    if (!is_layer && at->operation != SQ_OPERATION_ATTEND)
        return sq_plan_refuse(
            draft, neuron,
            "its current comes from \"%s\" (%s); the engine runs neurons behind a "
            "synapse or attention",
            at->id, sq_operation_name(at->operation));
    if (at->n_readers != 1)
        return sq_plan_refuse(draft, at, "its current is read by %u nodes; the engine keeps none",
                              at->n_readers);
    return at->operation == SQ_OPERATION_CONV ? check_conv(draft, at) : SQ_OK;
}

/* SSA: a scale that is a power of two moves from the current into the threshold exactly. */
static int describe_attention(const struct sq_plan_draft *draft, const struct chain *chain,
                              struct sq_node *node)
{
    const struct sq_graph_node *attend = chain->source;
    const float scale = (float)attend->scale;
    int exponent;
    if (frexpf(scale, &exponent) != 0.5f)
        return sq_plan_refuse(draft, attend, "its scale %.9g is not a power of two", attend->scale);
    node->threshold = (float)chain->neuron->threshold / scale;
    node->order = attend->order == SQ_PRODUCT_KV ? SQ_ATTEND_KV_FIRST : SQ_ATTEND_QK_FIRST;
    node->score_exponent = attend->scaled == SQ_SCALED_SCORES ? exponent - 1 : 0;
    node->attend = (struct sq_attend_shape){.n_tokens = node->shape.n_rows,
                                            .n_heads = attend->heads,
                                            .head_dim = node->shape.n_channels / attend->heads,
                                            .n_words = node->shape.n_words};
    return SQ_OK;
}

int sq_plan_add_population(struct sq_plan_draft *draft, const struct sq_graph_node *neuron)
{
    struct chain chain;
    int status = find_chain(draft, neuron, &chain);
    if (status != SQ_OK)
        return status;
    const bool is_attention = chain.source->operation == SQ_OPERATION_ATTEND;
    const bool is_first = sq_plan_input(draft, chain.source, 0)->operation == SQ_OPERATION_INPUT;
    struct sq_node *node = sq_plan_add_node(draft, neuron,
                                            is_attention              ? SQ_NODE_ATTEND
                                            : is_first                ? SQ_NODE_ANALOG_CONV
                                            : is_linear(chain.source) ? SQ_NODE_LINEAR
                                                                      : SQ_NODE_CONV);
    node->threshold = (float)neuron->threshold;
    draft->is_used[sq_plan_index(draft, chain.source)] = 1;
    if (chain.norm != NULL)
        draft->is_used[sq_plan_index(draft, chain.norm)] = 1;
    for (uint32_t i = 0; status == SQ_OK && i < chain.source->n_inputs; i++)
        status = sq_plan_connect(draft, chain.source, i, node);
    if (status == SQ_OK)
        status = is_attention ? describe_attention(draft, &chain, node)
                              : add_synapse(draft, &chain, node);
    return status;
}
