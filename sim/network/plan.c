#include "sim/network/plan_draft.h"

#include "kernels/base/bits.h"

#include <stdarg.h>
#include <stdio.h>

int sq_plan_refuse(const struct sq_plan_draft *draft, const struct sq_graph_node *node,
                   const char *format, ...)
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

static int add_pool(struct sq_plan_draft *draft, const struct sq_graph_node *pool)
{
    if (pool->edge == SQ_EDGE_COUNTS)
        return sq_plan_refuse(draft, pool, "pools counts; the engine pools spikes and reals");
    return sq_plan_connect(
        draft, pool, 0,
        sq_plan_add_node(draft, pool,
                         pool->edge == SQ_EDGE_REALS ? SQ_NODE_REAL_POOL : SQ_NODE_POOL));
}

/* Sums over windows; averages of counts are sums in a smaller unit. */
static int add_sum_pool(struct sq_plan_draft *draft, const struct sq_graph_node *pool)
{
    if (pool->edge == SQ_EDGE_REALS)
        return sq_plan_connect(draft, pool, 0, sq_plan_add_node(draft, pool, SQ_NODE_REAL_POOL));
    struct sq_node *node = sq_plan_add_node(draft, pool, SQ_NODE_SUM_POOL);
    const int status = sq_plan_connect(draft, pool, 0, node);
    if (status == SQ_OK)
        node->unit = draft->network->node[node->source[0]].unit;
    if (pool->operation == SQ_OPERATION_AVGPOOL)
        node->unit /= (double)pool->kernel * pool->kernel;
    return status;
}

/* Counts are added and averaged as they are. */
static int check_units(const struct sq_plan_draft *draft, const struct sq_graph_node *reader,
                       const struct sq_node *node)
{
    for (uint16_t i = 0; i < node->n_sources; i++) {
        const struct sq_node *from = &draft->network->node[node->source[i]];
        if (from->unit != 1)
            return sq_plan_refuse(
                draft, reader,
                "reads counts of %.9g each from \"%s\"; the engine adds and averages "
                "those of 1",
                from->unit, from->name);
    }
    return SQ_OK;
}

/* Two streams; the template has split additions of more. */
static int add_sum(struct sq_plan_draft *draft, const struct sq_graph_node *add)
{
    struct sq_node *node =
        sq_plan_add_node(draft, add, add->edge == SQ_EDGE_REALS ? SQ_NODE_REAL_ADD : SQ_NODE_ADD);
    int status = sq_plan_connect(draft, add, 0, node);
    if (status == SQ_OK)
        status = sq_plan_connect(draft, add, 1, node);
    return status == SQ_OK ? check_units(draft, add, node) : status;
}

/* The spikes first, then what gates them, in whichever order the graph has them. */
static int add_and(struct sq_plan_draft *draft, const struct sq_graph_node *and)
{
    const struct sq_graph_node *a = sq_plan_input(draft, and, 0), *b = sq_plan_input(draft, and, 1);
    const uint32_t gate = sq_gate_of(a, b) == SQ_GATE_NONE ? 0 : 1;
    struct sq_node *node = sq_plan_add_node(draft, and, SQ_NODE_AND);
    node->gate = gate == 1 ? sq_gate_of(a, b) : sq_gate_of(b, a);
    node->n_heads = sq_plan_input(draft, and, gate)->out_channels;
    node->is_negated = and->operation == SQ_OPERATION_AND_NOT;
    const int status = sq_plan_connect(draft, and, 1 - gate, node);
    return status == SQ_OK ? sq_plan_connect(draft, and, gate, node) : status;
}

static int add_erosion(struct sq_plan_draft *draft, const struct sq_graph_node *erode)
{
    struct sq_node *node = sq_plan_add_node(draft, erode, SQ_NODE_ERODE);
    node->n_heads = erode->heads;
    return sq_plan_connect(draft, erode, 0, node);
}

/* What averages a classifier and another one; NULL: it stands alone. */
static const struct sq_graph_node *average_of(const struct sq_plan_draft *draft,
                                              const struct sq_graph_node *linear)
{
    const struct sq_graph *graph = &draft->network->graph;
    const uint32_t reader = sq_graph_reader(graph, sq_plan_index(draft, linear));
    return reader < graph->n_nodes && graph->node[reader].operation == SQ_OPERATION_AVERAGE
               ? &graph->node[reader]
               : NULL;
}

/* A second classifier of the same input runs as one with the first, with the average of their weights. */
static int fold_classifiers(struct sq_plan_draft *draft, const struct sq_graph_node *average)
{
    struct sq_synapse *head = &draft->network->head;
    head->folded = sq_arena_alloc(&draft->network->arena, 1, sizeof *head->folded);
    if (head->folded == NULL)
        return sq_fail(draft->err, SQ_ENOMEM, "out of memory for %s", head->name);
    head->folded[head->n_folded++] = sq_plan_input(draft, average, 1);
    draft->is_used[average->input[1]] = 1;
    return SQ_OK;
}

/* One of another input is a layer of its own, whose mean over timesteps the head averages with its logits. */
static int connect_second(struct sq_plan_draft *draft, const struct sq_graph_node *time,
                          struct sq_node *head)
{
    const struct sq_graph_node *layer = sq_plan_input(draft, time, 0);
    if (draft->sender[sq_plan_index(draft, layer)] == SQ_NO_SENDER)
        return sq_plan_refuse(draft, layer,
                              "the engine runs it before the other classifier: its node must stand "
                              "before \"%s\"",
                              head->name);
    draft->is_used[sq_plan_index(draft, time)] = 1;
    return sq_plan_connect(draft, time, 0, head);
}

static int average_classifiers(struct sq_plan_draft *draft, const struct sq_graph_node *average,
                               struct sq_node *head)
{
    const struct sq_graph_node *second = sq_plan_input(draft, average, 1);
    draft->is_used[sq_plan_index(draft, average)] = 1;
    return second->operation == SQ_OPERATION_MEAN_TIME ? connect_second(draft, second, head)
                                                       : fold_classifiers(draft, average);
}

/* The classifier reads the mean over timesteps of a mean over tokens, or of neurons behind one; it has no
 * neurons itself. */
static int add_head(struct sq_plan_draft *draft, const struct sq_graph_node *linear)
{
    struct sq_network *network = draft->network;
    const struct sq_graph_node *average = average_of(draft, linear);
    const struct sq_graph_node *last = average != NULL ? average : linear;
    const struct sq_graph_node *time = sq_plan_input(draft, linear, 0);
    const struct sq_graph_node *from = sq_plan_input(draft, time, 0);
    const bool is_mean = from->operation == SQ_OPERATION_MEAN_TOKENS;
    if (sq_plan_index(draft, last) + 1 != network->graph.n_nodes ||
        from->out_height * from->out_width != 1)
        return sq_plan_refuse(
            draft, linear,
            "the engine runs one classifier, the last node, of the mean over timesteps "
            "of a mean over tokens, or of neurons behind one");
    struct sq_node *node = sq_plan_add_node(draft, linear, SQ_NODE_HEAD);
    const uint32_t n_in = from->out_channels, n_out = linear->out_channels;
    draft->is_used[sq_plan_index(draft, time)] = 1;
    if (is_mean)
        draft->is_used[sq_plan_index(draft, from)] = 1;
    network->head = (struct sq_synapse){.kind = "head",
                                        .layer = linear,
                                        .n_in = n_in,
                                        .c_in = n_in,
                                        .n_out = n_out,
                                        .kernel = 1,
                                        .stride = 1,
                                        .n_blocks = (uint32_t)sq_words_for(n_out),
                                        .dense = (uint64_t)n_in * n_out};
    snprintf(network->head.name, sizeof network->head.name, "%s", linear->weight);
    int status = sq_plan_connect(draft, is_mean ? from : time, 0, node);
    if (status == SQ_OK)
        status = check_units(draft, linear, node);
    return status == SQ_OK && average != NULL ? average_classifiers(draft, average, node) : status;
}

/* A network without a classifier ends in the firing rates of its last neurons: its logits. On a grid, those of
 * each channel, where a mean over tokens says so. */
static int add_rates(struct sq_plan_draft *draft, const struct sq_graph_node *time)
{
    struct sq_network *network = draft->network;
    const struct sq_graph_node *from = sq_plan_input(draft, time, 0);
    const bool is_mean = from->operation == SQ_OPERATION_MEAN_TOKENS &&
                         sq_plan_input(draft, from, 0)->operation == SQ_OPERATION_NEURON;
    const bool is_row = from->out_height * from->out_width == 1;
    if (from->operation == SQ_OPERATION_NEURON && !is_row)
        return sq_plan_refuse(draft, time,
                              "it would end in %ux%u neurons a channel, and nothing says which of "
                              "them are its output; a mean_tokens between them and the mean over "
                              "time gives each channel's mean",
                              from->out_height, from->out_width);
    if (from->operation != SQ_OPERATION_NEURON && !is_mean)
        return sq_plan_refuse(
            draft, time,
            "a network that ends in a mean over time ends in one of neurons, in one row or by a "
            "mean over tokens");
    if (is_mean)
        draft->is_used[sq_plan_index(draft, from)] = 1;
    struct sq_node *node = sq_plan_add_node(draft, time, SQ_NODE_HEAD);
    network->head = (struct sq_synapse){.kind = "rates",
                                        .n_in = from->out_channels,
                                        .n_out = from->out_channels,
                                        .c_in = from->out_channels};
    const int status = sq_plan_connect(draft, is_mean ? from : time, 0, node);
    return status == SQ_OK ? check_units(draft, time, node) : status;
}

/* A layer's current stays inside the node that holds its neurons, unless another node reads it. */
static int add_layer(struct sq_plan_draft *draft, const struct sq_graph_node *node)
{
    const uint32_t reader = sq_graph_reader(&draft->network->graph, sq_plan_index(draft, node));
    const struct sq_graph_node *by =
        reader < draft->network->graph.n_nodes ? &draft->network->graph.node[reader] : NULL;
    if (node->operation == SQ_OPERATION_LINEAR &&
        sq_plan_input(draft, node, 0)->operation == SQ_OPERATION_MEAN_TIME)
        return draft->is_used[sq_plan_index(draft, node)] ? SQ_OK : add_head(draft, node);
    if (by != NULL && (by->operation == SQ_OPERATION_NEURON || sq_plan_folds(by)))
        return SQ_OK;
    return sq_plan_add_current(draft, node);
}

static int add_any(struct sq_plan_draft *draft, const struct sq_graph_node *node)
{
    switch (node->operation) {
    case SQ_OPERATION_INPUT:
        return sq_plan_add_node(draft, node, SQ_NODE_INPUT), SQ_OK;
    case SQ_OPERATION_NEURON:
        return sq_plan_add_population(draft, node);
    case SQ_OPERATION_MAXPOOL:
        return add_pool(draft, node);
    case SQ_OPERATION_AVGPOOL:
    case SQ_OPERATION_SUMPOOL:
        return add_sum_pool(draft, node);
    case SQ_OPERATION_MEAN_TIME:
        return sq_plan_index(draft, node) + 1 == draft->network->graph.n_nodes
                   ? add_rates(draft, node)
                   : SQ_OK;
    case SQ_OPERATION_ADD:
        return add_sum(draft, node);
    case SQ_OPERATION_AND:
    case SQ_OPERATION_AND_NOT:
        return add_and(draft, node);
    case SQ_OPERATION_ERODE:
        return add_erosion(draft, node);
    case SQ_OPERATION_CONV:
    case SQ_OPERATION_LINEAR:
    case SQ_OPERATION_BN:
    case SQ_OPERATION_SCALE_CHANNELS:
        return add_layer(draft, node);
    default: /* part of the node that reads it */
        return SQ_OK;
    }
}

/* Every node of the graph runs, the last is the classifier, one population reads the input. */
static int check_whole(const struct sq_plan_draft *draft)
{
    const struct sq_network *network = draft->network;
    const struct sq_graph *graph = &network->graph;
    for (uint32_t i = 0; i < graph->n_nodes; i++)
        if (!draft->is_used[i])
            return sq_plan_refuse(draft, &graph->node[i],
                                  "what it computes reaches no neuron that the engine runs");
    if (network->node[network->n_nodes - 1].kind != SQ_NODE_HEAD)
        return sq_plan_refuse(
            draft, &graph->node[graph->n_nodes - 1],
            "the last node must be the classifier, a linear layer behind means, or a mean "
            "over time");
    if (network->node[0].n_targets != 1)
        return sq_plan_refuse(draft, &graph->node[0],
                              "the engine has one layer that reads the input");
    return SQ_OK;
}

static int start(struct sq_plan_draft *draft)
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
    struct sq_plan_draft draft = {.err = err, .network = network};
    int status = start(&draft);
    for (uint32_t i = 0; status == SQ_OK && i < network->graph.n_nodes; i++)
        status = add_any(&draft, &network->graph.node[i]);
    if (status == SQ_OK)
        status = check_whole(&draft);
    if (status == SQ_OK)
        sq_plan_choose_lists(network);
    if (status == SQ_OK)
        status = sq_plan_list_targets(&draft);
    network->sender = draft.sender;
    return status;
}
