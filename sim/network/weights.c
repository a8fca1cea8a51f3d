#include "sim/network/weights.h"

#include "sim/network/fixed_file.h"
#include "sim/network/fold.h"
#include "sim/network/recognise.h"
#include "sim/network/unused.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct sq_tensor *sq_weights_take(struct sq_weights_loader *loader, const char *name)
{
    const struct sq_tensor *tensor =
        sq_checkpoint_find(loader->checkpoint, loader->network->root, name);
    if (tensor != NULL)
        for (size_t i = 0; i < sq_checkpoint_count(loader->checkpoint); i++)
            if (sq_checkpoint_tensor(loader->checkpoint, i) == tensor)
                loader->used[i] = 1;
    return tensor;
}

/* "[64, 32, 3, 3]" */
static void write_shape(char *text, size_t size, const uint64_t *dim, uint32_t n_dims)
{
    size_t at = (size_t)snprintf(text, size, "[");
    for (uint32_t i = 0; i < n_dims && at < size; i++)
        at += (size_t)snprintf(text + at, size - at, i == 0 ? "%llu" : ", %llu",
                               (unsigned long long)dim[i]);
    if (at < size)
        snprintf(text + at, size - at, "]");
}

static int check_shape(struct sq_weights_loader *loader, const struct sq_tensor *tensor,
                       const uint64_t *dim, uint32_t n_dims)
{
    if (tensor->n_dims == n_dims && memcmp(tensor->dim, dim, n_dims * sizeof *dim) == 0)
        return SQ_OK;
    char expected[96], found[192];
    write_shape(expected, sizeof expected, dim, n_dims);
    write_shape(found, sizeof found, tensor->dim, tensor->n_dims);
    return sq_fail(loader->err, SQ_ESHAPE,
                   "%s: tensor \"%s\" has shape %s, layout %s with this configuration needs %s",
                   loader->network->model_path, tensor->name, found,
                   sq_layout_name(loader->network->config.layout), expected);
}

int sq_weights_find(struct sq_weights_loader *loader, const char *stem, const char *member,
                    int optional, const uint64_t *dim, uint32_t n_dims,
                    const struct sq_tensor **out)
{
    const struct sq_network *network = loader->network;
    char name[SQ_NAME_BYTES + 32];
    snprintf(name, sizeof name, "%s.%s", stem, member);
    const struct sq_tensor *tensor = sq_weights_take(loader, name);
    const struct sq_tensor *part =
        tensor == NULL ? sq_weight_in_parts(loader->checkpoint, network->root, name) : NULL;
    if (part != NULL)
        return sq_refuse_parts(loader->err, network->model_path, part);
    if (tensor == NULL)
        return optional ? SQ_OK
                        : sq_fail(loader->err, SQ_ESHAPE,
                                  "%s: tensor \"%s%s\" is missing; layout %s with depth %u needs "
                                  "it; " SQ_OTHER_NETWORKS,
                                  network->model_path, network->root, name,
                                  sq_layout_name(network->config.layout), network->config.depth);
    const int status = check_shape(loader, tensor, dim, n_dims);
    if (status == SQ_OK)
        *out = tensor;
    return status;
}

/* Read tensor `stem.member` of exactly this shape into *out (malloc); *out stays NULL for an absent
 * tensor if `optional`. */
static int read_tensor(struct sq_weights_loader *loader, const char *stem, const char *member,
                       int optional, const uint64_t *dim, uint32_t n_dims, float **out)
{
    const struct sq_tensor *tensor = NULL;
    const int status = sq_weights_find(loader, stem, member, optional, dim, n_dims, &tensor);
    if (status != SQ_OK || tensor == NULL)
        return status;
    *out = malloc(tensor->n_elements * sizeof **out);
    if (*out == NULL)
        return sq_fail(loader->err, SQ_ENOMEM, "%s: out of memory for tensor \"%s\"",
                       loader->network->model_path, tensor->name);
    return sq_tensor_read_f32(loader->err, tensor, *out);
}

static int read_vector(struct sq_weights_loader *loader, const char *stem, const char *member,
                       int optional, uint64_t n, float **out)
{
    return read_tensor(loader, stem, member, optional, &n, 1, out);
}

/* "block.0.attn.q_linear" -> "block.0.attn.q_bn", "patch_embed.proj_conv2" -> "..proj_bn2". */
static void batch_norm_name(char *bn, size_t size, const char *layer)
{
    const char *conv = strstr(layer, "_conv"), *linear = strstr(layer, "_linear");
    const char *at = conv != NULL ? conv : linear;
    const char *rest = at + (conv != NULL ? strlen("_conv") : strlen("_linear"));
    snprintf(bn, size, "%.*s_bn%s", (int)(at - layer), layer, rest);
}

/* Weight shape by layout: 3x3 kernels [O,I,3,3]; linear [O,I]; 1x1 convolutions [O,I,1], and
 * [O,I,1,1] where the official imagenet code uses Conv2d (its MLP). */
uint32_t sq_weights_shape(const struct sq_network *network, const struct sq_synapse *synapse,
                          int is_kernel, uint64_t dim[4])
{
    dim[0] = synapse->n_out;
    dim[1] = is_kernel ? synapse->n_in / 9 : synapse->n_in;
    dim[2] = dim[3] = is_kernel ? 3 : 1;
    if (is_kernel)
        return 4;
    if (network->config.layout == SQ_LAYOUT_CIFAR10)
        return 2;
    const int is_conv2d =
        network->config.layout == SQ_LAYOUT_IMAGENET && strstr(synapse->name, ".mlp.") != NULL;
    return is_conv2d ? 4 : 3;
}

/* Does this layout give the layer a bias of its own? (Then its absence is an error.) */
static int needs_bias(const struct sq_network *network, const struct sq_synapse *synapse,
                      int is_kernel)
{
    const char *layer = strrchr(synapse->name, '.') + 1;
    const int is_qkv = layer[1] == '_';
    return !is_kernel && (network->config.layout == SQ_LAYOUT_CIFAR10 || !is_qkv);
}

static void free_raw(struct sq_raw_layer *raw)
{
    free(raw->weight);
    free(raw->bias);
    free(raw->gamma);
    free(raw->beta);
    free(raw->mean);
    free(raw->var);
}

static int read_raw(struct sq_weights_loader *loader, const struct sq_synapse *synapse,
                    int is_kernel, struct sq_raw_layer *raw)
{
    uint64_t dim[4];
    const uint32_t n_dims = sq_weights_shape(loader->network, synapse, is_kernel, dim);
    const int optional = !needs_bias(loader->network, synapse, is_kernel);
    char bn[SQ_NAME_BYTES];
    batch_norm_name(bn, sizeof bn, synapse->name);
    int status = read_tensor(loader, synapse->name, "weight", 0, dim, n_dims, &raw->weight);
    if (status == SQ_OK)
        status = read_vector(loader, synapse->name, "bias", optional, dim[0], &raw->bias);
    if (status == SQ_OK)
        status = read_vector(loader, bn, "weight", 0, dim[0], &raw->gamma);
    if (status == SQ_OK)
        status = read_vector(loader, bn, "bias", 0, dim[0], &raw->beta);
    if (status == SQ_OK)
        status = read_vector(loader, bn, "running_mean", 0, dim[0], &raw->mean);
    if (status == SQ_OK)
        status = read_vector(loader, bn, "running_var", 0, dim[0], &raw->var);
    return status;
}

static int load_synapse(struct sq_weights_loader *loader, const struct sq_node *node)
{
    struct sq_synapse *synapse = node->synapse;
    const int is_kernel = node->kind != SQ_NODE_LINEAR;
    const double max_input = loader->network->node[node->source[0]].max_value;
    struct sq_raw_layer raw = {NULL, NULL, NULL, NULL, NULL, NULL};
    int status = read_raw(loader, synapse, is_kernel, &raw);
    if (status == SQ_OK)
        status = sq_fold_layer(loader->err, loader->network, &raw, is_kernel ? 9 : 1, max_input,
                               synapse);
    free_raw(&raw);
    return status;
}

static int load_synapses(struct sq_weights_loader *loader)
{
    int status = SQ_OK;
    for (size_t i = 0; status == SQ_OK && i < loader->network->n_nodes; i++)
        if (loader->network->node[i].synapse != NULL)
            status = load_synapse(loader, &loader->network->node[i]);
    return status;
}

/* The classifier has no batch norm and no neuron: packed as it is. */
static int load_head(struct sq_weights_loader *loader)
{
    struct sq_network *network = loader->network;
    struct sq_synapse *head = &network->head;
    const uint64_t dim[2] = {network->config.classes, network->config.dim};
    float *weight = NULL, *bias = NULL;
    int status = read_tensor(loader, "head", "weight", 0, dim, 2, &weight);
    if (status == SQ_OK)
        status = read_vector(loader, "head", "bias", 0, dim[0], &bias);
    if (status == SQ_OK)
        status = sq_fold_alloc(loader->err, network, head);
    if (status == SQ_OK && weight != NULL)
        status = sq_fold_count_zeros(loader->err, network, weight, 1, head);
    if (status == SQ_OK && weight != NULL && bias != NULL) {
        for (size_t o = 0; o < head->n_out; o++)
            for (size_t i = 0; i < head->n_in; i++)
                *sq_packed_at(head, i, o) = weight[o * head->n_in + i];
        memcpy(head->bias, bias, head->n_out * sizeof *bias);
    }
    free(weight);
    free(bias);
    return status;
}

/* Weights and biases: neither running statistics nor the scales of integers. */
static int is_parameter(const char *name)
{
    const char *member = strrchr(name, '.');
    return member != NULL && (strcmp(member, ".weight") == 0 || strcmp(member, ".bias") == 0);
}

static uint64_t count_parameters(const struct sq_weights_loader *loader)
{
    uint64_t n = 0;
    for (size_t i = 0; i < sq_checkpoint_count(loader->checkpoint); i++) {
        const struct sq_tensor *tensor = sq_checkpoint_tensor(loader->checkpoint, i);
        if (loader->used[i] && is_parameter(tensor->name))
            n += tensor->n_elements;
    }
    return n;
}

int sq_weights_load(struct sq_error *err, const struct sq_checkpoint *checkpoint,
                    struct sq_network *network)
{
    struct sq_weights_loader loader = {err, checkpoint, network, NULL};
    loader.used = calloc(sq_checkpoint_count(checkpoint) + 1, 1);
    if (loader.used == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", network->model_path);
    int status = SQ_OK;
    if (sq_fixed_file_is(checkpoint, network->root))
        status = sq_fixed_file_load(&loader);
    else
        status = load_synapses(&loader);
    if (status == SQ_OK)
        status = load_head(&loader);
    if (status == SQ_OK)
        status = sq_unused_note(err, checkpoint, loader.used, network);
    network->n_parameters = count_parameters(&loader);
    free(loader.used);
    return status;
}
