#include "sim/record/describe_graph.h"

#include "sim/account/count/shapes.h"
#include "sim/json/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PIXEL = 65535 }; /* events of one pixel in one frame */

static int no_memory(struct sq_error *err)
{
    return sq_fail(err, SQ_ENOMEM, "out of memory for the plan of a trace");
}

/* JSON as one line in the arena; NULL: out of memory. Deletes it. */
static const char *line_of(struct sq_arena *arena, cJSON *json)
{
    char *text = sq_json_print_line(json);
    const char *line = text != NULL ? sq_arena_strdup(arena, text) : NULL;
    cJSON_Delete(json);
    free(text);
    return line;
}

static cJSON *inputs_of(const struct sq_network *network, const struct sq_node *node)
{
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; i < node->n_sources; i++)
        sq_json_append(list, cJSON_CreateString(network->node[node->source[i]].name));
    return list;
}

static void add_window(cJSON *to, int kernel, int stride, int padding)
{
    sq_json_add_number(to, "kernel", kernel);
    sq_json_add_number(to, "stride", stride);
    sq_json_add_number(to, "pad", padding);
}

static void add_attention(cJSON *to, const struct sq_config *config)
{
    const int is_scores = config->layout == SQ_LAYOUT_CIFAR10;
    sq_json_add_number(to, "heads", config->heads);
    sq_json_add_number(to, "scale", config->attn_scale);
    sq_json_add_text(to, "scaled", is_scores ? "scores" : "output");
    sq_json_add_text(to, "order", sq_ssa_order_of(config) == SQ_QK_FIRST ? "qk" : "kv");
}

static void add_neuron(cJSON *to, const struct sq_network *network, const struct sq_node *node)
{
    static const char *const axes[] = {"CHW", "NC", "CN"};
    const struct sq_config *config = &network->config;
    const int is_attend = node->kind == SQ_NODE_ATTEND;
    sq_json_add_text(to, "neuron", "lif");
    sq_json_add_number(to, "tau", 2);
    sq_json_add_number(to, "v_threshold",
                       is_attend ? config->attn_v_threshold : config->v_threshold);
    sq_json_add_number(to, "v_reset", 0);
    sq_json_add_text(to, "axes", axes[node->axes]);
}

static cJSON *parameters_of(const struct sq_network *network, const struct sq_node *node)
{
    cJSON *object = cJSON_CreateObject();
    const struct sq_synapse *weights = sq_node_weights(network, node);
    if (weights != NULL)
        sq_json_add_text(object, "weight", weights->name);
    if (node->kind == SQ_NODE_INPUT)
        sq_json_add_text(object, "kind",
                         sq_config_takes_frames(&network->config) ? "frames" : "image");
    if (node->kind == SQ_NODE_ANALOG_CONV || node->kind == SQ_NODE_CONV)
        add_window(object, 3, 1, 1);
    if (node->kind == SQ_NODE_POOL)
        add_window(object, 3, 2, 1);
    if (node->kind == SQ_NODE_ATTEND)
        add_attention(object, &network->config);
    if (sq_node_is_population(node))
        add_neuron(object, network, node);
    return object;
}

static const char *op_of(const struct sq_node *node)
{
    switch (node->kind) {
    case SQ_NODE_INPUT:
        return "input";
    case SQ_NODE_ANALOG_CONV:
    case SQ_NODE_CONV:
        return "conv";
    case SQ_NODE_LINEAR:
        return "linear";
    case SQ_NODE_ATTEND:
        return "attend";
    case SQ_NODE_POOL:
        return "maxpool";
    case SQ_NODE_ADD:
        return "add";
    case SQ_NODE_HEAD:
        break;
    }
    return "classifier";
}

/* What a linear layer is in its block follows from what it reads and who reads it. */
static const char *role_of_linear(const struct sq_network *network, const struct sq_node *node)
{
    static const char *const operand[] = {"q", "k", "v"};
    const struct sq_node *target = &network->node[node->target[0]];
    const enum sq_node_kind source = network->node[node->source[0]].kind;
    if (target->kind == SQ_NODE_ATTEND)
        for (size_t i = 0; i < target->n_sources; i++)
            if (&network->node[target->source[i]] == node)
                return operand[i];
    if (source == SQ_NODE_ATTEND)
        return "proj";
    return source == SQ_NODE_ADD ? "fc1" : "fc2";
}

static const char *role_of(const struct sq_network *network, const struct sq_node *node)
{
    switch (node->kind) {
    case SQ_NODE_ANALOG_CONV:
    case SQ_NODE_CONV: /* a convolution in front of an addition embeds positions */
        return network->node[node->target[0]].kind == SQ_NODE_ADD ? "position" : "stem";
    case SQ_NODE_POOL:
        return "stem";
    case SQ_NODE_LINEAR:
        return role_of_linear(network, node);
    case SQ_NODE_ATTEND:
        return "attention";
    case SQ_NODE_ADD:
        return "residual";
    case SQ_NODE_HEAD:
        return "classifier";
    case SQ_NODE_INPUT:
        break;
    }
    return "";
}

/* What it sends; the input's pixels are whole numbers where they are events of a camera. */
static void describe_edge(const struct sq_network *network, const struct sq_node *node,
                          struct sq_trace_node *to)
{
    const int has_frames = sq_config_takes_frames(&network->config);
    const int is_real = node->kind == SQ_NODE_HEAD || (node->kind == SQ_NODE_INPUT && !has_frames);
    const int is_count = node->kind == SQ_NODE_ADD || (node->kind == SQ_NODE_INPUT && has_frames);
    to->edge = is_real    ? SQ_TRACE_EDGE_REALS
               : is_count ? SQ_TRACE_EDGE_COUNTS
                          : SQ_TRACE_EDGE_SPIKES;
    to->max_value = is_real ? 0 : node->kind == SQ_NODE_INPUT ? MOST_PIXEL : node->max_value;
}

static int64_t population_of(const struct sq_trace_plan *plan, const struct sq_node *node)
{
    for (size_t p = 0; p < plan->n_populations; p++)
        if (strcmp(plan->population[p].name, node->name) == 0)
            return (int64_t)p;
    return -1;
}

static int describe_node(struct sq_error *err, struct sq_arena *arena,
                         const struct sq_network *network, const struct sq_trace_plan *plan,
                         const struct sq_node *node, struct sq_trace_node *to)
{
    const int is_head = node->kind == SQ_NODE_HEAD;
    snprintf(to->id, sizeof to->id, "%s", node->name);
    snprintf(to->op, sizeof to->op, "%s", op_of(node));
    snprintf(to->roles, sizeof to->roles, "%s", role_of(network, node));
    to->inputs = line_of(arena, inputs_of(network, node));
    to->parameters = line_of(arena, parameters_of(network, node));
    describe_edge(network, node, to);
    to->channels = node->shape.n_channels;
    to->height = is_head ? 1 : node->height;
    to->width = is_head ? 1 : node->width;
    to->population = population_of(plan, node);
    return to->inputs != NULL && to->parameters != NULL ? SQ_OK : no_memory(err);
}

static int describe_nodes(struct sq_error *err, struct sq_arena *arena,
                          const struct sq_network *network, struct sq_trace_plan *plan)
{
    struct sq_trace_node *node = sq_arena_alloc(arena, network->n_nodes, sizeof *node);
    int status = node != NULL ? SQ_OK : no_memory(err);
    for (size_t i = 0; status == SQ_OK && i < network->n_nodes; i++)
        status = describe_node(err, arena, network, plan, &network->node[i], &node[i]);
    plan->node = node;
    plan->n_nodes = network->n_nodes;
    return status;
}

static int is_named(const struct sq_network *network, const struct sq_node *node, const char *name)
{
    const struct sq_synapse *weights = sq_node_weights(network, node);
    return strcmp(node->name, name) == 0 || (weights != NULL && strcmp(weights->name, name) == 0);
}

/* The node whose counts are an operation's; NULL: nothing is counted for it. The n-th product of
 * attention is that of the n-th node of its kind. */
static const struct sq_node *node_of(const struct sq_network *network, const struct sq_op *op,
                                     size_t n_products)
{
    size_t n = 0;
    for (size_t i = 0; i < network->n_nodes; i++) {
        const struct sq_node *node = &network->node[i];
        if (op->kind == SQ_OP_SSA    ? node->kind == SQ_NODE_ATTEND && n++ == n_products
            : op->kind == SQ_OP_MEAN ? node->kind == SQ_NODE_HEAD
                                     : is_named(network, node, op->name))
            return node;
    }
    return NULL;
}

static void describe_operation(const struct sq_network *network, const struct sq_op *op,
                               const struct sq_node *node, struct sq_trace_operation *to)
{
    const int has_weights = op->kind == SQ_OP_CONV || op->kind == SQ_OP_LINEAR;
    const struct sq_synapse *weights = node != NULL ? sq_node_weights(network, node) : NULL;
    snprintf(to->name, sizeof to->name, "%s", op->name);
    snprintf(to->kind, sizeof to->kind, "%s", sq_op_kind_name(op->kind));
    snprintf(to->node, sizeof to->node, "%s", node != NULL ? node->name : "");
    to->fan_out = op->fan;
    to->dense = op->dense_in;
    to->weights = op->weights;
    to->weight_zeros = has_weights && weights != NULL && weights->weight != NULL
                           ? (int64_t)weights->weight_zeros
                           : -1;
    if (node != NULL && (has_weights || op->kind == SQ_OP_SSA)) {
        to->adder_bits = node->adder_bits;
        to->factor_bits = node->factor_bits;
    }
}

static int describe_operations(struct sq_error *err, struct sq_arena *arena,
                               const struct sq_network *network, const struct sq_counters *counters,
                               struct sq_trace_plan *plan)
{
    struct sq_trace_operation *operation =
        sq_arena_alloc(arena, counters->n_ops, sizeof *operation);
    size_t n_products = 0;
    if (operation == NULL)
        return no_memory(err);
    for (size_t i = 0; i < counters->n_ops; i++) {
        const struct sq_op *op = &counters->op[i];
        describe_operation(network, op, node_of(network, op, n_products), &operation[i]);
        n_products += op->kind == SQ_OP_SSA;
    }
    plan->operation = operation;
    plan->n_operations = counters->n_ops;
    return SQ_OK;
}

int sq_trace_describe(struct sq_error *err, struct sq_arena *arena,
                      const struct sq_network *network, struct sq_trace_plan *plan)
{
    struct sq_counters counters = {.n_ops = 0};
    int status = describe_nodes(err, arena, network, plan);
    if (status == SQ_OK)
        status = sq_counters_from_config(err, &network->config, &counters);
    if (status == SQ_OK)
        status = describe_operations(err, arena, network, &counters, plan);
    sq_counters_free(&counters);
    return status;
}
