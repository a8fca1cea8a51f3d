#include "sim/network/plan.h"

#include "kernels/base/bits.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

/* Under construction: which node of the network sends what a node of the graph sends. */
struct draft {
    struct sq_error *err;
    struct sq_network *network;
    uint16_t *sender;       /* [graph nodes], SQ_NO_SENDER: what it sends stays inside a node */
    unsigned char *is_used; /* [graph nodes] it is part of some node */
};

/* What a node of the graph is made of: the population, and what stands between it and its packets. */
struct chain {
    const struct sq_graph_node *neuron, *norm, *source;
};

static const struct sq_graph_node *input_of(const struct draft *draft,
                                            const struct sq_graph_node *node, uint32_t i)
{
    return &draft->network->graph.node[node->input[i]];
}

static uint32_t index_of(const struct draft *draft, const struct sq_graph_node *node)
{
    return (uint32_t)(node - draft->network->graph.node);
}

static int refuse(const struct draft *draft, const struct sq_graph_node *node, const char *format,
                  ...) __attribute__((format(printf, 3, 4)));

static int refuse(const struct draft *draft, const struct sq_graph_node *node, const char *format,
                  ...)
{
    char what[256];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return sq_fail(draft->err, SQ_EUNSUPPORTED, "architecture %s: node \"%s\" (%s): %s",
                   draft->network->graph.architecture, node->id, sq_operation_name(node->operation),
                   what);
}

/* Append a node that sends what `from` sends. */
static struct sq_node *add_node(struct draft *draft, const struct sq_graph_node *from,
                                enum sq_node_kind kind)
{
    struct sq_network *network = draft->network;
    struct sq_node *node = &network->node[network->n_nodes];
    const uint32_t most = from->edge == SQ_EDGE_COUNTS && kind == SQ_NODE_ADD ? from->max_value : 1;
    snprintf(node->name, sizeof node->name, "%s", from->id);
    node->kind = kind;
    node->graph = from;
    node->height = from->out_height;
    node->width = from->out_width;
    node->max_value = most;
    node->axes = from->axes;
    node->shape = (struct sq_spike_shape){
        .n_rows = from->out_height * from->out_width,
        .n_channels = from->out_channels,
        .n_words = (uint32_t)sq_words_for(from->out_channels),
        .n_planes = 32 - (uint32_t)__builtin_clz(most),
        .line_rows = 1,
    };
    draft->sender[index_of(draft, from)] = (uint16_t)network->n_nodes++;
    draft->is_used[index_of(draft, from)] = 1;
    return node;
}

static void connect(struct draft *draft, struct sq_node *to, uint16_t source)
{
    to->source[to->n_sources++] = source;
    draft->network->node[source].n_targets++;
}

/* The sender of input number i of a node of the graph, connected to `to`. */
static int connect_input(struct draft *draft, const struct sq_graph_node *node, uint32_t i,
                         struct sq_node *to)
{
    const uint16_t source = draft->sender[node->input[i]];
    if (source == SQ_NO_SENDER)
        return refuse(draft, node, "reads \"%s\", whose values stay inside another node",
                      input_of(draft, node, i)->id);
    connect(draft, to, source);
    return SQ_OK;
}

/* Event lists of a packet are kept in one way: by rows, or by lines of rows for 3x3 kernels. */
static int want_lists(struct draft *draft, const struct sq_graph_node *layer, struct sq_node *from,
                      uint32_t line_rows)
{
    if (from->read_as_lists && from->shape.line_rows != line_rows)
        return refuse(draft, layer,
                      "\"%s\" is read by a 3x3 kernel and by a 1x1 kernel; its events are listed "
                      "for one of them",
                      from->name);
    from->read_as_lists = 1;
    from->shape.line_rows = line_rows;
    return SQ_OK;
}

static bool is_linear(const struct sq_graph_node *layer)
{
    return layer->operation == SQ_OPERATION_LINEAR || layer->kernel == 1;
}

/* The synapse in front of a node, whose only source is connected. */
static int add_synapse(struct draft *draft, const struct chain *chain, struct sq_node *node)
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
               : want_lists(draft, layer, from, is_linear(layer) ? 1 : from->width);
}

/* Which convolutions the kernels compute. */
static int check_conv(const struct draft *draft, const struct sq_graph_node *layer)
{
    const struct sq_graph_node *from = input_of(draft, layer, 0);
    const bool is_3x3 = layer->kernel == 3 && layer->padding == 1;
    const bool is_1x1 = layer->kernel == 1 && layer->padding == 0;
    if ((!is_3x3 && !is_1x1) || layer->stride != 1 || layer->groups != 1)
        return refuse(draft, layer,
                      "kernel %u, stride %u, padding %u, groups %u: the engine runs 3x3 kernels "
                      "with padding 1 and 1x1 kernels, stride 1, groups 1",
                      layer->kernel, layer->stride, layer->padding, layer->groups);
    if (from->operation == SQ_OPERATION_INPUT && !is_3x3)
        return refuse(draft, layer, "reads the input; the engine does so by a 3x3 kernel");
    if (is_3x3 && from->edge == SQ_EDGE_COUNTS && from->operation != SQ_OPERATION_INPUT)
        return refuse(draft, layer,
                      "reads counts from \"%s\"; the engine runs 3x3 kernels of spikes", from->id);
    return SQ_OK;
}

/* Follow a population's current back to where packets enter. */
static int find_chain(const struct draft *draft, const struct sq_graph_node *neuron,
                      struct chain *chain)
{
    const struct sq_graph_node *at = input_of(draft, neuron, 0);
    *chain = (struct chain){.neuron = neuron};
    if (at->operation == SQ_OPERATION_BN && at->n_readers == 1) {
        chain->norm = at;
        at = input_of(draft, at, 0);
    }
    chain->source = at;
    const bool is_layer =
        at->operation == SQ_OPERATION_CONV || at->operation == SQ_OPERATION_LINEAR;
    if (!is_layer && at->operation != SQ_OPERATION_ATTEND)
        return refuse(draft, neuron,
                      "its current comes from \"%s\" (%s); the engine runs neurons behind a "
                      "synapse or attention",
                      at->id, sq_operation_name(at->operation));
    if (at->n_readers != 1)
        return refuse(draft, at, "its current is read by %u nodes; the engine keeps none",
                      at->n_readers);
    return at->operation == SQ_OPERATION_CONV ? check_conv(draft, at) : SQ_OK;
}

/* SSA: a scale that is a power of two moves from the current into the threshold exactly. */
static int describe_attention(const struct draft *draft, const struct chain *chain,
                              struct sq_node *node)
{
    const struct sq_graph_node *attend = chain->source;
    const float scale = (float)attend->scale;
    int exponent;
    if (frexpf(scale, &exponent) != 0.5f)
        return refuse(draft, attend, "its scale %.9g is not a power of two", attend->scale);
    node->threshold = (float)chain->neuron->threshold / scale;
    node->order = attend->order == SQ_PRODUCT_KV ? SQ_ATTEND_KV_FIRST : SQ_ATTEND_QK_FIRST;
    node->score_exponent = attend->scaled == SQ_SCALED_SCORES ? exponent - 1 : 0;
    node->attend = (struct sq_attend_shape){.n_tokens = node->shape.n_rows,
                                            .n_heads = attend->heads,
                                            .head_dim = node->shape.n_channels / attend->heads,
                                            .n_words = node->shape.n_words};
    return SQ_OK;
}

static int add_population(struct draft *draft, const struct sq_graph_node *neuron)
{
    struct chain chain;
    int status = find_chain(draft, neuron, &chain);
    if (status != SQ_OK)
        return status;
    const bool is_attention = chain.source->operation == SQ_OPERATION_ATTEND;
    const bool is_first = input_of(draft, chain.source, 0)->operation == SQ_OPERATION_INPUT;
    struct sq_node *node = add_node(draft, neuron,
                                    is_attention              ? SQ_NODE_ATTEND
                                    : is_first                ? SQ_NODE_ANALOG_CONV
                                    : is_linear(chain.source) ? SQ_NODE_LINEAR
                                                              : SQ_NODE_CONV);
    node->threshold = (float)neuron->threshold;
    draft->is_used[index_of(draft, chain.source)] = 1;
    if (chain.norm != NULL)
        draft->is_used[index_of(draft, chain.norm)] = 1;
    for (uint32_t i = 0; status == SQ_OK && i < chain.source->n_inputs; i++)
        status = connect_input(draft, chain.source, i, node);
    if (status == SQ_OK)
        status = is_attention ? describe_attention(draft, &chain, node)
                              : add_synapse(draft, &chain, node);
    return status;
}

static int add_pool(struct draft *draft, const struct sq_graph_node *pool)
{
    if (pool->edge != SQ_EDGE_SPIKES)
        return refuse(draft, pool, "pools %s; the engine pools spikes", sq_edge_name(pool->edge));
    if (pool->kernel != 3 || pool->stride != 2 || pool->padding != 1)
        return refuse(draft, pool,
                      "window %u, stride %u, padding %u: the engine pools windows of 3, stride 2, "
                      "padding 1",
                      pool->kernel, pool->stride, pool->padding);
    return connect_input(draft, pool, 0, add_node(draft, pool, SQ_NODE_POOL));
}

/* Two streams; the template has split additions of more. */
static int add_sum(struct draft *draft, const struct sq_graph_node *add)
{
    if (add->edge == SQ_EDGE_REALS)
        return refuse(draft, add, "adds reals; the engine adds spikes and counts");
    struct sq_node *node = add_node(draft, add, SQ_NODE_ADD);
    const int status = connect_input(draft, add, 0, node);
    return status == SQ_OK ? connect_input(draft, add, 1, node) : status;
}

/* The classifier reads the mean over timesteps of the mean over tokens; it has no neurons. */
static int add_head(struct draft *draft, const struct sq_graph_node *linear)
{
    struct sq_network *network = draft->network;
    const struct sq_graph_node *time = input_of(draft, linear, 0), *tokens = NULL;
    if (time->operation == SQ_OPERATION_MEAN_TIME)
        tokens = input_of(draft, time, 0);
    if (tokens == NULL || tokens->operation != SQ_OPERATION_MEAN_TOKENS ||
        index_of(draft, linear) + 1 != network->graph.n_nodes)
        return refuse(draft, linear,
                      "the engine runs one classifier, the last node, of the mean over timesteps "
                      "of the mean over tokens");
    struct sq_node *node = add_node(draft, linear, SQ_NODE_HEAD);
    const uint32_t n_in = tokens->out_channels, n_out = linear->out_channels;
    draft->is_used[index_of(draft, time)] = draft->is_used[index_of(draft, tokens)] = 1;
    network->head = (struct sq_synapse){.layer = linear,
                                        .n_in = n_in,
                                        .n_out = n_out,
                                        .n_blocks = (uint32_t)sq_words_for(n_out),
                                        .dense = (uint64_t)n_in * n_out};
    snprintf(network->head.name, sizeof network->head.name, "%s", linear->weight);
    return connect_input(draft, tokens, 0, node);
}

static int add_any(struct draft *draft, const struct sq_graph_node *node)
{
    switch (node->operation) {
    case SQ_OPERATION_INPUT:
        return add_node(draft, node, SQ_NODE_INPUT), SQ_OK;
    case SQ_OPERATION_NEURON:
        return add_population(draft, node);
    case SQ_OPERATION_MAXPOOL:
        return add_pool(draft, node);
    case SQ_OPERATION_ADD:
        return add_sum(draft, node);
    case SQ_OPERATION_LINEAR:
        return input_of(draft, node, 0)->operation == SQ_OPERATION_MEAN_TIME ? add_head(draft, node)
                                                                             : SQ_OK;
    default: /* part of the node that reads it */
        return SQ_OK;
    }
}

/* Every node of the graph runs, the last is the classifier, one population reads the input. */
static int check_whole(const struct draft *draft)
{
    const struct sq_network *network = draft->network;
    const struct sq_graph *graph = &network->graph;
    for (uint32_t i = 0; i < graph->n_nodes; i++)
        if (!draft->is_used[i])
            return refuse(draft, &graph->node[i],
                          "what it computes reaches no neuron that the engine runs");
    if (network->node[network->n_nodes - 1].kind != SQ_NODE_HEAD)
        return refuse(draft, &graph->node[graph->n_nodes - 1],
                      "the last node must be the classifier, a linear layer behind means");
    if (network->node[0].n_targets != 1)
        return refuse(draft, &graph->node[0], "the engine has one layer that reads the input");
    return SQ_OK;
}

/* The ends of all edges, in the order of the readers. */
static int list_targets(struct draft *draft)
{
    struct sq_network *network = draft->network;
    for (size_t i = 0; i < network->n_nodes; i++) {
        struct sq_node *node = &network->node[i];
        node->target = sq_arena_alloc(&network->arena, node->n_targets, sizeof *node->target);
        if (node->target == NULL)
            return sq_fail(draft->err, SQ_ENOMEM, "out of memory for the edges of %s", node->name);
        node->n_targets = 0;
        for (uint16_t s = 0; s < node->n_sources; s++) {
            struct sq_node *from = &network->node[node->source[s]];
            from->target[from->n_targets++] = (uint16_t)i;
        }
    }
    return SQ_OK;
}

static int start(struct draft *draft)
{
    struct sq_network *network = draft->network;
    const struct sq_graph *graph = &network->graph;
    const size_t most = graph->n_nodes;
    network->node = sq_arena_alloc(&network->arena, most, sizeof *network->node);
    network->synapse = sq_arena_alloc(&network->arena, most, sizeof *network->synapse);
    draft->sender = sq_arena_alloc(&network->arena, graph->n_nodes, sizeof *draft->sender);
    draft->is_used = sq_arena_alloc(&network->arena, graph->n_nodes, 1);
    if (!network->node || !network->synapse || !draft->sender || !draft->is_used)
        return sq_fail(draft->err, SQ_ENOMEM, "config %s: out of memory for %zu nodes",
                       network->config.name, most);
    for (uint32_t i = 0; i < graph->n_nodes; i++)
        draft->sender[i] = SQ_NO_SENDER;
    return SQ_OK;
}

int sq_plan_make(struct sq_error *err, struct sq_network *network)
{
    struct draft draft = {.err = err, .network = network};
    int status = start(&draft);
    for (uint32_t i = 0; status == SQ_OK && i < network->graph.n_nodes; i++)
        status = add_any(&draft, &network->graph.node[i]);
    if (status == SQ_OK)
        status = check_whole(&draft);
    if (status == SQ_OK)
        status = list_targets(&draft);
    network->sender = draft.sender;
    return status;
}
