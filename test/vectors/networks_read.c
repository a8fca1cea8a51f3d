/* Networks from their digits: modules in registration order, then what is no module. */
#include "sim/account/count/shapes.h"
#include "test/vectors/network.h"

#include <stdio.h>
#include <string.h>

static uint64_t dims(const cJSON *module, const char *key, uint64_t shape[8], int *n_dims)
{
    const cJSON *dim;
    uint64_t product = 1;
    *n_dims = 0;
    cJSON_ArrayForEach(dim, member(module, key))
    {
        if (*n_dims < 8)
            shape[(*n_dims)++] = (uint64_t)dim->valuedouble;
        product *= (uint64_t)dim->valuedouble;
    }
    return product;
}

static uint64_t pair(const cJSON *module, const char *key, int axis, uint64_t otherwise)
{
    const cJSON *value = cJSON_GetArrayItem(member(module, key), axis);
    return value != NULL ? (uint64_t)value->valuedouble : otherwise;
}

/* A real-valued input, known by its counts only. */
static void note_real(const cJSON *module, struct single *s)
{
    struct sq_op_count *count = &s->step[0];
    const cJSON *values = member(module, "input_values"), *value;
    int binary = values != NULL, ternary = values != NULL;
    s->call.is |= SQ_IS_REAL;
    count->nonzeros = (uint64_t)number_at(module, "input_nnz", 0);
    s->call.distinct = (uint64_t)number_at(module, "input_distinct", 1e9);
    s->call.min = number_at(module, "input_min", -1);
    s->call.max = number_at(module, "input_max", 1e9);
    cJSON_ArrayForEach(value, values)
    {
        const double x = value->valuedouble;
        s->call.real_sum += x;
        binary &= x == 0 || x == 1;
        ternary &= x == 0 || x == 1 || x == -1;
    }
    if (binary)
        s->call.is |= SQ_IS_BINARY;
    if (ternary)
        s->call.is |= SQ_IS_TERNARY;
    const uint64_t n = s->op.n_in * count->frames;
    count->fanout =
        count->nonzeros == n ? s->op.dense_in * count->frames : count->nonzeros * s->op.fan;
}

static int read_weighted(const cJSON *module, const char *type, struct single *s)
{
    uint64_t in[8], out[8];
    int n_in, n_out, unused;
    const uint64_t n = dims(module, "input_shape", in, &n_in);
    dims(module, "output_shape", out, &n_out);
    const int is_linear = strcmp(type, "Linear") == 0, is_1d = strcmp(type, "Conv1d") == 0;
    const int last = n_in - 1;
    if (n_in < 2 || n_out < 2 || (!is_linear && n_in < 3) || (!is_linear && !is_1d && n_in < 4))
        return 0;
    struct digits input;
    struct plain_layer layer = {.input = &input,
                                .c_in = is_linear ? in[last] : in[1],
                                .c_out = is_linear ? out[n_out - 1] : out[1],
                                .height = is_linear ? 1 : in[2],
                                .width = is_linear || is_1d ? 1 : in[3],
                                .kernel_h = pair(module, "kernel", 0, 1),
                                .kernel_w = is_1d ? 1 : pair(module, "kernel", 1, 1),
                                .stride_h = pair(module, "stride", 0, 1),
                                .stride_w = is_1d ? 1 : pair(module, "stride", 1, 1),
                                .padding_h = pair(module, "padding", 0, 0),
                                .padding_w = is_1d ? 0 : pair(module, "padding", 1, 0),
                                .groups = (uint64_t)number_at(module, "groups", 1),
                                .frames = is_linear ? n / in[last] : in[0],
                                .has_bias = cJSON_IsTrue(member(module, "bias"))};
    const int has_digits =
        read_digits(member(module, "input_shape"), member(module, "input"), &input);
    struct digits none = {.n = 0};
    if (!has_digits)
        layer.input = &none;
    if (!count_layer(&layer, &s->op, &s->step[0], &unused) && has_digits)
        return 0;
    if (is_linear)
        sq_op_shape_linear(&s->op, n / in[last] / in[0], layer.c_in, layer.c_out, layer.has_bias);
    s->step[0].frames = in[0];
    s->step[0].out_nonzeros = (uint64_t)number_at(module, "output_nnz", 0);
    s->op.weight_zeros = (uint64_t)number_at(module, "weight_zeros", 0);
    s->op.weights_binary = s->op.weight_zeros == s->op.weights;
    s->op.bias_is_added =
        is_linear && n_in > 2 && cJSON_IsFalse(member(module, "input_contiguous"));
    s->op.is_head = is_linear && n_in == 2;
    if (!has_digits)
        note_real(module, s);
    for (uint64_t i = 0; has_digits && i < input.n; i++)
        if (digit(&input, i) > s->call.max)
            s->call.max = digit(&input, i);
    return 1;
}

static int read_neuron(const struct net *net, const cJSON *module, struct single *s)
{
    uint64_t shape[8];
    int n_dims, t = 0;
    const uint64_t n = dims(module, "input_shape", shape, &n_dims);
    const cJSON *nonzeros = member(module, "input_nnz_per_step"), *item;
    const char *spikes = cJSON_GetStringValue(member(module, "spikes"));
    s->op.kind = SQ_OP_NEURON;
    s->op.n_in = s->op.n_out = n / net->timesteps / net->batch;
    s->call.n_steps = net->timesteps;
    if (spikes == NULL || strlen(spikes) != n || net->timesteps > 64)
        return 0;
    cJSON_ArrayForEach(item, nonzeros)
    {
        if ((uint64_t)t < net->timesteps)
            s->step[t++].nonzeros = (uint64_t)item->valuedouble;
    }
    for (uint64_t i = 0; i < n; i++)
        s->step[i / (n / net->timesteps)].out_nonzeros += spikes[i] == '1';
    for (uint64_t step = 0; step < net->timesteps; step++)
        s->step[step].frames = net->batch;
    return (uint64_t)t == net->timesteps;
}

/* Batch norm sees what the layer before it sent: all zeros there are a spike tensor. */
static void read_norm(const cJSON *module, const struct single *before, struct single *s)
{
    uint64_t shape[8];
    int n_dims;
    const uint64_t n = dims(module, "input_shape", shape, &n_dims);
    s->op.kind = SQ_OP_NORM;
    s->op.n_in = s->op.n_out = n / shape[0];
    s->op.out_channels = shape[1];
    s->op.is_affine = 1;
    s->step[0].frames = shape[0];
    if (before->step[0].out_nonzeros == 0)
        return;
    s->call.is = SQ_IS_REAL;
    s->call.distinct = 1000000000;
    s->call.min = -1;
    s->step[0].nonzeros = n;
}

static int read_pool(const cJSON *module, struct single *s)
{
    struct digits input;
    if (!read_digits(member(module, "input_shape"), member(module, "input"), &input) ||
        input.n_dims != 4)
        return 0;
    const uint64_t kernel = pair(module, "kernel", 0, 3), stride = pair(module, "stride", 0, 2);
    const uint64_t padding = pair(module, "padding", 0, 1);
    sq_op_shape_pool(&s->op, input.shape[1], input.shape[2], input.shape[3], kernel, stride,
                     padding);
    count_pool(&input, kernel, stride, padding, &s->step[0]);
    s->step[0].frames = input.shape[0];
    for (uint64_t i = 0; i < input.n; i++)
        if (digit(&input, i) > s->call.max)
            s->call.max = digit(&input, i);
    return 1;
}

static const cJSON *module_named(const struct net *net, const char *name)
{
    const cJSON *module;
    cJSON_ArrayForEach(module, member(net->item, "modules"))
    {
        const char *found = cJSON_GetStringValue(member(module, "name"));
        if (found != NULL && strcmp(found, name) == 0)
            return module;
    }
    return NULL;
}

static void expect_module(const struct net *net, const cJSON *module, const struct sq_op *op)
{
    char path[128];
    snprintf(path, sizeof path, "%s.syops", op->name);
    expect_syops(net->vector, path, member(module, "syops_ops_acs_macs_rate"), op);
    snprintf(path, sizeof path, "%s.neurobench", op->name);
    expect_neurobench(net->vector, path, member(module, "neurobench"), op);
    snprintf(path, sizeof path, "%s.exact", op->name);
    expect_exact(net->vector, path, member(module, "exact"), op);
}

void read_module(struct net *net, const char *name)
{
    const cJSON *module = module_named(net, name);
    const char *type = cJSON_GetStringValue(member(module, "type"));
    struct single *s = &net->op[net->n];
    int ok = 1;
    if (type == NULL || net->n == MAX_OPS) {
        check_miss(net->vector, name, "no such module");
        return;
    }
    if (strcmp(type, "Linear") == 0 || strncmp(type, "Conv", 4) == 0)
        ok = read_weighted(module, type, s);
    else if (strcmp(type, "MaxPool2d") == 0)
        ok = read_pool(module, s);
    else if (strncmp(type, "BatchNorm", 9) == 0 && net->n > 0)
        read_norm(module, s - 1, s);
    else if (strstr(type, "LIF") != NULL)
        ok = read_neuron(net, module, s);
    else
        ok = 0;
    if (!ok) {
        check_miss(net->vector, name, "type or sizes are not understood");
        return;
    }
    snprintf(s->op.name, sizeof s->op.name, "%s", name);
    single_finish(s);
    net->n = ++net->n_modules;
    expect_module(net, module, &s->op);
}

void read_products(struct net *net)
{
    const char *order = cJSON_GetStringValue(member(net->config, "order"));
    const enum sq_ssa_order first =
        order != NULL && strcmp(order, "kv_first") == 0 ? SQ_KV_FIRST : SQ_QK_FIRST;
    const cJSON *item;
    int i = 0;
    cJSON_ArrayForEach(item, member(net->item, "ssa"))
    {
        struct single *s = &net->op[net->n];
        if (net->n < MAX_OPS && read_ssa(item, first, number_at(net->config, "scale", 1), s)) {
            net->n++;
            expect_exact_ssa(net->vector, "exact_ssa",
                             cJSON_GetArrayItem(member(net->item, "exact_ssa"), i++), &s->op);
        } else {
            check_miss(net->vector, "ssa", "operands do not fit");
        }
    }
    i = 0;
    cJSON_ArrayForEach(item, member(net->item, "residual_adds"))
    {
        struct single *s = &net->op[net->n];
        if (net->n < MAX_OPS && read_add(item, s)) {
            net->n++;
            expect_exact(net->vector, "exact_residual_adds",
                         cJSON_GetArrayItem(member(net->item, "exact_residual_adds"), i++), &s->op);
        } else {
            check_miss(net->vector, "residual_adds", "operands do not fit");
        }
    }
    struct single *mean = &net->op[net->n++];
    const uint64_t dim = (uint64_t)number_at(net->config, "embed_dim", 0);
    *mean = (struct single){.op = {.kind = SQ_OP_MEAN, .name = "mean", .n_out = dim}};
    mean->op.n_in = dim * (uint64_t)number_at(net->config, "tokens", 0);
    mean->op.positions = net->timesteps;
    mean->step[0].frames = net->timesteps * net->batch;
    single_finish(mean);
}
