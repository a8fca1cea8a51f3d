/* Nodes: their types, the parameters of layers, tensors. */
#include "sim/nir/nir_graph.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const kind_name[SQ_NIR_KINDS] = {
    [SQ_NIR_INPUT] = "Input",     [SQ_NIR_OUTPUT] = "Output",     [SQ_NIR_CONV] = "Conv2d",
    [SQ_NIR_LINEAR] = "Linear",   [SQ_NIR_AFFINE] = "Affine",     [SQ_NIR_IF] = "IF",
    [SQ_NIR_LIF] = "LIF",         [SQ_NIR_SUMPOOL] = "SumPool2d", [SQ_NIR_AVGPOOL] = "AvgPool2d",
    [SQ_NIR_FLATTEN] = "Flatten",
};

/* Types of NIR without a counterpart, and why. */
static const struct {
    const char *name, *why;
} unknown[] = {
    {"CubaLIF", "its synaptic current has a time constant of its own, which no neuron here has"},
    {"CubaLI", "its synaptic current has a time constant of its own, which no neuron here has"},
    {"LI", "its membrane never fires; networks here end in neurons or in a linear layer"},
    {"I", "its membrane never fires; networks here end in neurons or in a linear layer"},
    {"Delay", "spikes arrive here in the timestep in which they were sent"},
    {"Conv1d", "an input of one axis is not read; save it as a Conv2d of width 1"},
    {"NIRGraph", "a graph within the graph is not read; flatten it before saving"},
    {"Scale", "scale the weights of the layer instead"},
    {"Threshold", "it is a neuron without membrane"},
};

const char *sq_nir_kind_name(enum sq_nir_kind kind)
{
    return kind_name[kind];
}

int sq_nir_refuse(struct sq_error *err, const struct sq_nir *nir, const struct sq_nir_node *node,
                  int status, const char *format, ...)
{
    char what[320];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return sq_fail(err, status, "%s: node \"%s\" (%s): %s", nir->path, node->name,
                   kind_name[node->kind], what);
}

/* Names become ids, in which a template fills in what stands in braces. */
static bool is_usable(const char *name)
{
    for (const char *c = name; *c != '\0'; c++)
        if (*c <= ' ' || *c > '~' || strchr("{}\"\\'/", *c) != NULL)
            return false;
    return name[0] != '\0' && strlen(name) < SQ_NIR_NAME;
}

struct reading {
    struct sq_error *err;
    const struct sq_hdf5 *file;
    struct sq_nir *nir;
    struct sq_nir_node *node;
};

static void path_of(const struct sq_nir_node *node, const char *member, char path[SQ_NIR_PATH])
{
    snprintf(path, SQ_NIR_PATH, "/node/nodes/%s/%s", node->name, member);
}

static int refuse_type(const struct reading *r, const char *type)
{
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        if (strcmp(unknown[i].name, type) == 0)
            return sq_fail(r->err, SQ_EUNSUPPORTED,
                           "%s: node \"%s\" is a %s, which has no counterpart: %s", r->nir->path,
                           r->node->name, type, unknown[i].why);
    return sq_fail(r->err, SQ_EUNSUPPORTED,
                   "%s: node \"%s\" is of type \"%.40s\", which is not known; Conv2d, Linear, "
                   "Affine, IF, LIF, SumPool2d, AvgPool2d and Flatten are",
                   r->nir->path, r->node->name, type);
}

static int read_kind(const struct reading *r)
{
    char path[SQ_NIR_PATH], type[48];
    path_of(r->node, "type", path);
    const int status = sq_nir_file_text(r->err, r->file, path, type, sizeof type);
    if (status != SQ_OK)
        return status;
    for (int i = 0; i < SQ_NIR_KINDS; i++)
        if (strcmp(kind_name[i], type) == 0)
            return r->node->kind = (enum sq_nir_kind)i, SQ_OK;
    return refuse_type(r, type);
}

/* Up to four numbers of a member; *n: how many. */
static int read_few(const struct reading *r, const char *member, double number[4], uint64_t *n)
{
    char path[SQ_NIR_PATH];
    struct sq_nir_extent extent;
    path_of(r->node, member, path);
    const int status = sq_nir_file_extent(r->err, r->file, path, &extent);
    if (status != SQ_OK)
        return status;
    if (extent.n == 0 || extent.n > 4 || extent.n_dims > 1)
        return sq_nir_refuse(r->err, r->nir, r->node, SQ_EFORMAT,
                             "%s must be one to four whole numbers", member);
    *n = extent.n;
    return sq_nir_file_numbers(r->err, r->file, path, number);
}

static bool is_whole(double number, double least, double most)
{
    return number >= least && number <= most && number == (double)(uint32_t)number;
}

/* One size for both axes. */
static int read_side(const struct reading *r, const char *member, uint32_t least, uint32_t *out)
{
    double number[4] = {0};
    uint64_t n = 0;
    const int status = read_few(r, member, number, &n);
    if (status != SQ_OK)
        return status;
    for (uint64_t i = 0; i < n; i++)
        if (n > 2 || !is_whole(number[i], least, 65535))
            return sq_nir_refuse(r->err, r->nir, r->node, SQ_EUNSUPPORTED,
                                 "%s must be one or two whole numbers from %u on", member, least);
    if (n == 2 && number[0] != number[1])
        return sq_nir_refuse(r->err, r->nir, r->node, SQ_EUNSUPPORTED,
                             "%s is %.0fx%.0f; kernels and their steps are square", member,
                             number[0], number[1]);
    *out = (uint32_t)number[0];
    return SQ_OK;
}

static int read_shape(const struct reading *r)
{
    struct sq_nir_shape *shape = &r->node->shape;
    double number[4] = {0};
    uint64_t n = 0;
    const int status = read_few(r, "shape", number, &n);
    if (status != SQ_OK)
        return status;
    for (uint64_t i = 0; i < n; i++)
        if ((n != 1 && n != 3) || !is_whole(number[i], 1, 65535))
            return sq_nir_refuse(r->err, r->nir, r->node, SQ_EUNSUPPORTED,
                                 "its shape must be [channels, height, width] or [channels]");
    *shape = (struct sq_nir_shape){(uint64_t)number[0], n == 3 ? (uint64_t)number[1] : 1,
                                   n == 3 ? (uint64_t)number[2] : 1, n == 1};
    return SQ_OK;
}

/* List a tensor of `n_dims` axes. */
static int read_tensor(const struct reading *r, const char *member, uint32_t n_dims, int32_t *out)
{
    struct sq_nir_tensor *tensor = &r->nir->tensor[r->nir->n_tensors];
    char path[SQ_NIR_PATH];
    struct sq_nir_extent extent;
    path_of(r->node, member, path);
    const int status = sq_nir_file_extent(r->err, r->file, path, &extent);
    if (status != SQ_OK)
        return status;
    if (!extent.is_float || extent.n_dims != n_dims || extent.n == 0)
        return sq_nir_refuse(r->err, r->nir, r->node, SQ_EFORMAT,
                             "%s must be an array of floats with %u axes", member, n_dims);
    *tensor = (struct sq_nir_tensor){
        .n_dims = n_dims, .n_elements = extent.n, .is_double = extent.bytes > 4};
    for (uint32_t i = 0; i < n_dims; i++)
        if (extent.dim[i] > 1u << 24)
            return sq_nir_refuse(r->err, r->nir, r->node, SQ_EUNSUPPORTED,
                                 "%s has an axis of %llu, which is too long", member,
                                 (unsigned long long)extent.dim[i]);
        else
            tensor->dim[i] = extent.dim[i];
    snprintf(tensor->name, sizeof tensor->name, "%s.%s", r->node->name, member);
    *out = (int32_t)r->nir->n_tensors++;
    return SQ_OK;
}

static int read_conv_steps(const struct reading *r)
{
    struct sq_nir_node *node = r->node;
    uint32_t dilation = 1;
    int status = read_side(r, "stride", 1, &node->stride);
    if (status == SQ_OK)
        status = read_side(r, "padding", 0, &node->padding);
    if (status == SQ_OK)
        status = read_side(r, "dilation", 1, &dilation);
    if (status == SQ_OK)
        status = read_side(r, "groups", 1, &node->groups);
    if (status == SQ_OK && dilation != 1)
        return sq_nir_refuse(r->err, r->nir, node, SQ_EUNSUPPORTED,
                             "its dilation is %u; kernels here have neighbouring taps (1)",
                             dilation);
    return status;
}

static int read_conv(const struct reading *r)
{
    struct sq_nir_node *node = r->node;
    int status = read_tensor(r, "weight", 4, &node->weight);
    if (status == SQ_OK)
        status = read_tensor(r, "bias", 1, &node->bias);
    if (status != SQ_OK)
        return status;
    const uint64_t *dim = r->nir->tensor[node->weight].dim;
    if (dim[2] != dim[3])
        return sq_nir_refuse(r->err, r->nir, node, SQ_EUNSUPPORTED,
                             "its kernel is %llux%llu; kernels here are square",
                             (unsigned long long)dim[2], (unsigned long long)dim[3]);
    node->kernel = (uint32_t)dim[2];
    return read_conv_steps(r);
}

static int read_pool(const struct reading *r)
{
    int status = read_side(r, "kernel_size", 1, &r->node->kernel);
    if (status == SQ_OK)
        status = read_side(r, "stride", 1, &r->node->stride);
    return status == SQ_OK ? read_side(r, "padding", 0, &r->node->padding) : status;
}

/* All axes but those of time and samples, which shapes of NIR do not have. */
static int read_flatten(const struct reading *r)
{
    double first[4] = {0}, last[4] = {0}, sizes[4] = {0};
    uint64_t n = 0, n_axes = 3;
    char path[SQ_NIR_PATH];
    int status = read_few(r, "start_dim", first, &n);
    if (status == SQ_OK)
        status = read_few(r, "end_dim", last, &n);
    path_of(r->node, "input_type", path);
    if (status == SQ_OK && sq_hdf5_has(r->file, path))
        status = read_few(r, "input_type", sizes, &n_axes);
    if (status == SQ_OK && (first[0] != 0 || (last[0] != -1 && last[0] != (double)n_axes - 1)))
        return sq_nir_refuse(r->err, r->nir, r->node, SQ_EUNSUPPORTED,
                             "it flattens axes %.9g to %.9g; all of them (0 to -1) can be",
                             first[0], last[0]);
    return status;
}

static int read_parameters(const struct reading *r)
{
    switch (r->node->kind) {
    case SQ_NIR_INPUT:
        return read_shape(r);
    case SQ_NIR_CONV:
        return read_conv(r);
    case SQ_NIR_LINEAR:
        return read_tensor(r, "weight", 2, &r->node->weight);
    case SQ_NIR_AFFINE: {
        const int status = read_tensor(r, "weight", 2, &r->node->weight);
        return status == SQ_OK ? read_tensor(r, "bias", 1, &r->node->bias) : status;
    }
    case SQ_NIR_IF:
    case SQ_NIR_LIF:
        return sq_nir_read_neurons(r->err, r->file, r->nir, r->node);
    case SQ_NIR_SUMPOOL:
    case SQ_NIR_AVGPOOL:
        return read_pool(r);
    case SQ_NIR_FLATTEN:
        return read_flatten(r);
    default: /* of the output the shape follows */
        return SQ_OK;
    }
}

static int add_name(const char *name, void *data)
{
    const struct reading *r = data;
    struct sq_nir *nir = r->nir;
    if (!is_usable(name))
        return sq_fail(r->err, SQ_EUNSUPPORTED,
                       "%s: node \"%.64s\": names must have 1 to %d bytes of ASCII without blanks, "
                       "quotes and braces",
                       nir->path, name, SQ_NIR_NAME - 1);
    if (nir->n_nodes == SQ_NIR_MOST_NODES)
        return sq_fail(r->err, SQ_EUNSUPPORTED, "%s: more than %d nodes", nir->path,
                       SQ_NIR_MOST_NODES);
    struct sq_nir_node *node = &nir->node[nir->n_nodes++];
    *node = (struct sq_nir_node){.weight = -1, .bias = -1, .groups = 1};
    snprintf(node->name, sizeof node->name, "%s", name);
    return SQ_OK;
}

/* One Input, one Output. */
static int check_ends(const struct reading *r)
{
    uint32_t n[SQ_NIR_KINDS] = {0};
    for (uint32_t i = 0; i < r->nir->n_nodes; i++)
        n[r->nir->node[i].kind]++;
    if (n[SQ_NIR_INPUT] == 1 && n[SQ_NIR_OUTPUT] == 1)
        return SQ_OK;
    return sq_fail(r->err, SQ_EUNSUPPORTED,
                   "%s: has %u Input and %u Output nodes; one of each is what can run",
                   r->nir->path, n[SQ_NIR_INPUT], n[SQ_NIR_OUTPUT]);
}

int sq_nir_read_nodes(struct sq_error *err, const struct sq_hdf5 *file, struct sq_nir *nir)
{
    struct reading r = {err, file, nir, NULL};
    nir->node = calloc(SQ_NIR_MOST_NODES, sizeof *nir->node);
    if (nir->node == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", nir->path);
    int status = sq_nir_file_each(err, file, "/node/nodes", add_name, &r);
    nir->tensor = calloc(2 * (size_t)nir->n_nodes + 1, sizeof *nir->tensor);
    if (status == SQ_OK && nir->tensor == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", nir->path);
    for (uint32_t i = 0; status == SQ_OK && i < nir->n_nodes; i++) {
        r.node = &nir->node[i];
        status = read_kind(&r);
        if (status == SQ_OK)
            status = read_parameters(&r);
    }
    return status == SQ_OK ? check_ends(&r) : status;
}
