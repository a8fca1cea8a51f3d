#include "sim/network/weights.h"

#include "sim/network/compose.h"
#include "sim/network/fixed_file.h"
#include "sim/network/float_room.h"
#include "sim/network/fold.h"
#include "sim/network/recognise.h"
#include "sim/network/unused.h"

#include <math.h>
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
                loader->used[i] = SQ_USED;
    return tensor;
}

/* Note a tensor as used, but for one that is part of the network already. */
static void take_beside(struct sq_weights_loader *loader, const struct sq_tensor *tensor)
{
    for (size_t i = 0; i < sq_checkpoint_count(loader->checkpoint); i++)
        if (sq_checkpoint_tensor(loader->checkpoint, i) == tensor && !loader->used[i])
            loader->used[i] = SQ_USED_BESIDE;
}

static int is_kept(const struct sq_network *network, const char *name)
{
    for (size_t i = 0; i < network->n_kept; i++)
        if (strcmp(network->kept[i].name, name) == 0)
            return 1;
    return 0;
}

int sq_weights_keep(struct sq_weights_loader *loader, const char *name)
{
    struct sq_network *network = loader->network;
    if (loader->source != NULL)
        return SQ_OK;
    const struct sq_tensor *tensor = sq_checkpoint_find(loader->checkpoint, network->root, name);
    if (tensor == NULL || is_kept(network, name))
        return SQ_OK;
    if (network->kept == NULL)
        network->kept = sq_arena_alloc(&network->arena, sq_checkpoint_count(loader->checkpoint),
                                       sizeof *network->kept);
    struct sq_kept kept = {
        .name = sq_arena_strdup(&network->arena, name),
        .n_dims = tensor->n_dims,
        .n_elements = tensor->n_elements,
        .value = sq_arena_alloc(&network->arena, tensor->n_elements + 1, sizeof *kept.value)};
    if (network->kept == NULL || kept.name == NULL || kept.value == NULL)
        return sq_fail(loader->err, SQ_ENOMEM, "%s: out of memory for tensor \"%s\"",
                       network->model_path, name);
    memcpy(kept.dim, tensor->dim, tensor->n_dims * sizeof *kept.dim);
    take_beside(loader, tensor);
    network->kept[network->n_kept++] = kept;
    return sq_tensor_read_f32(loader->err, tensor, kept.value);
}

/* Does a model of integers hold a tensor of this name anyway: a layer's weight or bias? */
static int is_of_layer(const struct sq_network *network, const char *name)
{
    const char *member = strrchr(name, '.');
    const size_t n = member != NULL ? (size_t)(member - name) : 0;
    if (member == NULL || (strcmp(member, ".weight") != 0 && strcmp(member, ".bias") != 0))
        return 0;
    for (size_t i = 0; i <= network->n_synapses; i++) {
        const struct sq_synapse *synapse =
            i < network->n_synapses ? &network->synapse[i] : &network->head;
        if (strlen(synapse->name) == n && strncmp(synapse->name, name, n) == 0)
            return 1;
    }
    return 0;
}

/* Is the tensor one of those by which recognise.c knows the architecture and its sizes? Of a model of integers,
 * which has no others, it is noted as used. */
static int keep_mark(struct sq_weights_loader *loader, const char *name)
{
    const struct sq_tensor *tensor =
        sq_checkpoint_find(loader->checkpoint, loader->network->root, name);
    if (tensor == NULL || is_of_layer(loader->network, name))
        return SQ_OK;
    if (!sq_fixed_file_is(loader->checkpoint, loader->network->root))
        return sq_weights_keep(loader, name);
    take_beside(loader, tensor);
    return SQ_OK;
}

/* Every word of what "sizes" say that is a tensor's name. */
static int keep_words(struct sq_weights_loader *loader, const char *text)
{
    char word[256];
    int n = 0, status = SQ_OK;
    for (; status == SQ_OK && sscanf(text, " %255s%n", word, &n) == 1; text += n)
        status = keep_mark(loader, word);
    return status;
}

static int keep_marks(struct sq_weights_loader *loader)
{
    const cJSON *item;
    int status = SQ_OK;
    cJSON_ArrayForEach(item, sq_architecture_part(loader->architecture, "recognise"))
    {
        if (status == SQ_OK)
            status = keep_mark(loader, item->string);
    }
    cJSON_ArrayForEach(item, sq_architecture_part(loader->architecture, "sizes"))
    {
        if (status == SQ_OK && cJSON_IsString(item))
            status = keep_words(loader, item->valuestring);
    }
    return status;
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
    if (tensor->n_dims == n_dims &&
        (n_dims == 0 || memcmp(tensor->dim, dim, n_dims * sizeof *dim) == 0))
        return SQ_OK;
    char expected[96], found[192];
    write_shape(expected, sizeof expected, dim, n_dims);
    write_shape(found, sizeof found, tensor->dim, tensor->n_dims);
    return sq_fail(loader->err, SQ_ESHAPE,
                   "%s: tensor \"%s\" has shape %s, %s with this configuration needs %s",
                   loader->network->model_path, tensor->name, found, loader->architecture->name,
                   expected);
}

int sq_weights_find(struct sq_weights_loader *loader, const char *stem, const char *member,
                    int optional, const uint64_t *dim, uint32_t n_dims,
                    const struct sq_tensor **out)
{
    const struct sq_network *network = loader->network;
    char name[SQ_NAME_BYTES + 32];
    if (loader->source != NULL)
        return loader->source->give(loader->err, loader->source->data, stem, member, optional, dim,
                                    n_dims, out);
    snprintf(name, sizeof name, "%s.%s", stem, member);
    const struct sq_tensor *tensor = sq_weights_take(loader, name);
    const struct sq_tensor *part =
        tensor == NULL ? sq_weight_in_parts(loader->checkpoint, network->root, name) : NULL;
    if (part != NULL)
        return sq_refuse_parts(loader->err, network->model_path, part);
    if (tensor == NULL)
        return optional
                   ? SQ_OK
                   : sq_fail(loader->err, SQ_ESHAPE,
                             "%s: tensor \"%s%s\" is missing; %s with this configuration "
                             "needs it; " SQ_OTHER_NETWORKS,
                             network->model_path, network->root, name, loader->architecture->name);
    const int status = check_shape(loader, tensor, dim, n_dims);
    if (status == SQ_OK)
        *out = tensor;
    return status;
}

int sq_weights_read(struct sq_weights_loader *loader, const char *stem, const char *member,
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

int sq_weights_read_named(struct sq_weights_loader *loader, const char *name, const uint64_t *dim,
                          uint32_t n_dims, float **out)
{
    const char *dot = strrchr(name, '.');
    char stem[SQ_GRAPH_TEXT];
    if (dot == NULL)
        return sq_fail(loader->err, SQ_EUNSUPPORTED,
                       "architecture %s: tensor \"%s\": its name has no dot, as that of a module's "
                       "parameter",
                       loader->network->graph.architecture, name);
    snprintf(stem, sizeof stem, "%.*s", (int)(dot - name), name);
    return sq_weights_read(loader, stem, dot + 1, 0, dim, n_dims, out);
}

static int read_vector(struct sq_weights_loader *loader, const char *stem, const char *member,
                       int optional, uint64_t n, float **out)
{
    return sq_weights_read(loader, stem, member, optional, &n, 1, out);
}

/* A kernel [O, I, k, k] or [O, I, k], a linear layer [O, I]. */
uint32_t sq_weights_shape(const struct sq_synapse *synapse, uint64_t dim[4])
{
    const struct sq_graph_node *layer = synapse->layer;
    const uint32_t n_axes = layer->operation == SQ_OPERATION_CONV ? layer->axes_of_kernel : 0;
    const uint32_t kernel = layer->operation == SQ_OPERATION_CONV ? layer->kernel : 1;
    dim[0] = synapse->n_out;
    dim[1] = synapse->n_in / (kernel * kernel);
    dim[2] = dim[3] = kernel;
    return 2 + n_axes;
}

void sq_weights_free_raw(struct sq_raw_layer *raw)
{
    free(raw->weight);
    free(raw->bias);
    free(raw->gamma);
    free(raw->beta);
    free(raw->mean);
    free(raw->var);
}

int sq_weights_read_norm(struct sq_weights_loader *loader, const char *bn, uint64_t n,
                         struct sq_raw_layer *raw)
{
    int status = read_vector(loader, bn, "weight", 0, n, &raw->gamma);
    if (status == SQ_OK)
        status = read_vector(loader, bn, "bias", 0, n, &raw->beta);
    if (status == SQ_OK)
        status = read_vector(loader, bn, "running_mean", 0, n, &raw->mean);
    if (status == SQ_OK)
        status = read_vector(loader, bn, "running_var", 0, n, &raw->var);
    return status;
}

/* All of the layer but its weight. */
static int read_vectors(struct sq_weights_loader *loader, const struct sq_synapse *synapse,
                        struct sq_raw_layer *raw)
{
    const int optional = !synapse->layer->has_bias;
    const uint64_t n = synapse->n_out;
    const int status = read_vector(loader, synapse->name, "bias", optional, n, &raw->bias);
    return status == SQ_OK && synapse->norm != NULL
               ? sq_weights_read_norm(loader, synapse->norm->weight, n, raw)
               : status;
}

/* Folded and packed while its weight is read. */
static int load_layer(struct sq_weights_loader *loader, const struct sq_node *node)
{
    struct sq_synapse *synapse = node->synapse;
    const struct sq_node *source = &loader->network->node[node->source[0]];
    const size_t n_taps = (size_t)synapse->kernel * synapse->kernel;
    struct sq_tensor_pieces pieces = {.tensor = NULL};
    struct sq_raw_layer raw = {.pieces = &pieces, .unit = source->unit};
    const struct sq_tensor *weight = NULL;
    uint64_t dim[4];
    const uint32_t n_dims = sq_weights_shape(synapse, dim);
    int status = sq_weights_find(loader, synapse->name, "weight", 0, dim, n_dims, &weight);
    if (status == SQ_OK)
        status = read_vectors(loader, synapse, &raw);
    if (status == SQ_OK)
        status = sq_tensor_begin(loader->err, weight, &pieces);
    if (status == SQ_OK)
        status =
            sq_fold_layer(loader->err, loader->network, &raw, n_taps, source->max_value, synapse);
    sq_tensor_end(&pieces);
    sq_weights_free_raw(&raw);
    return status;
}

static int load_synapse(struct sq_weights_loader *loader, const struct sq_node *node)
{
    return node->synapse->folded != NULL && node->synapse->n_folded > 0
               ? sq_compose_load(loader, node, node->synapse)
               : load_layer(loader, node);
}

/* The learned decay of a PLIF population: the sigmoid of its tensor ID.w, which has no axis, rounded
 * once. */
static int load_decay(struct sq_weights_loader *loader, struct sq_node *node)
{
    float *w = NULL;
    char name[SQ_NAME_BYTES + 8];
    const int status = sq_weights_read(loader, node->name, "w", 0, NULL, 0, &w);
    if (status == SQ_OK)
        node->neuron.decay = (float)(1 / (1 + exp(-(double)*w)));
    free(w);
    snprintf(name, sizeof name, "%s.w", node->name);
    return status == SQ_OK ? sq_weights_keep(loader, name) : status;
}

/* Is it a firing rate that a scale can be made of? */
static int check_rate(const struct sq_weights_loader *loader, const char *name, float rate)
{
    return isfinite(rate) && rate > 0
               ? SQ_OK
               : sq_fail(loader->err, SQ_EVALUE,
                         "%s: tensor \"%s%s\" holds the firing rate %.9g; a product of attention "
                         "is scaled by its root: it must be above 0",
                         loader->network->model_path, loader->network->root, name, (double)rate);
}

/* A product of DSSA is scaled, in float32 as PyTorch does, by 1 / sqrt(rate * n) of each head: n are the
 * channels of a head, or the positions that are mixed. */
static int load_head_scale(struct sq_weights_loader *loader, struct sq_node *node)
{
    const struct sq_network *network = loader->network;
    const struct sq_graph_node *product = &network->graph.node[node->graph->input[0]];
    const struct sq_node *spikes = &network->node[node->source[1]];
    const uint32_t n = spikes->shape.n_channels / node->n_heads;
    const uint64_t dim[5] = {1, 1, node->n_heads, 1, 1};
    if (node->head_scale == NULL)
        node->head_scale =
            sq_arena_alloc(&loader->network->arena, node->n_heads, sizeof *node->head_scale);
    if (node->head_scale == NULL)
        return sq_fail(loader->err, SQ_ENOMEM, "%s: out of memory", network->model_path);
    float *rate = NULL;
    int status = sq_weights_read_named(loader, product->rate, dim, 5, &rate);
    for (uint32_t h = 0; status == SQ_OK && rate != NULL && h < node->n_heads; h++) {
        status = check_rate(loader, product->rate, rate[h]);
        node->head_scale[h] = 1 / sqrtf(rate[h] * (float)n);
    }
    free(rate);
    return status == SQ_OK ? sq_weights_keep(loader, product->rate) : status;
}

int sq_weights_load_node(struct sq_weights_loader *loader, struct sq_node *node)
{
    if (node->kind == SQ_NODE_SCORE || node->kind == SQ_NODE_MIX)
        return load_head_scale(loader, node);
    return node->neuron.model == SQ_MODEL_PLIF ? load_decay(loader, node) : SQ_OK;
}

static int load_whole_node(struct sq_weights_loader *loader, struct sq_node *node)
{
    const int status = node->synapse != NULL ? load_synapse(loader, node) : SQ_OK;
    return status == SQ_OK ? sq_weights_load_node(loader, node) : status;
}

static int fill_floats(void *data, const struct sq_node *node)
{
    return load_synapse(data, node);
}

/* What nodes read beside layers, then layer by layer into integers. */
static int load_fixed(struct sq_weights_loader *loader, const struct sq_fixed_settings *fixed)
{
    struct sq_float_room room;
    int status = sq_float_room_open(loader, fill_floats, loader, &room);
    const struct sq_fixed_floats floats = sq_float_room_floats(&room);
    for (size_t i = 0; status == SQ_OK && i < loader->network->n_nodes; i++)
        status = sq_weights_load_node(loader, &loader->network->node[i]);
    if (status == SQ_OK)
        status = sq_fixed_make_from(loader->err, loader->network, fixed, &floats);
    sq_float_room_close(&room);
    return status;
}

/* Zeros of all layers, as they are now. */
static uint64_t count_zeros(const struct sq_network *network)
{
    uint64_t n = 0;
    for (size_t i = 0; i < network->n_synapses; i++)
        n += network->synapse[i].weight_zeros;
    return n;
}

static int load_synapses(struct sq_weights_loader *loader)
{
    int status = SQ_OK;
    for (size_t i = 0; status == SQ_OK && i < loader->network->n_nodes; i++)
        status = load_whole_node(loader, &loader->network->node[i]);
    return status;
}

static int read_classifier(struct sq_weights_loader *loader, const char *name, float **weight,
                           float **bias)
{
    const struct sq_synapse *head = &loader->network->head;
    const uint64_t dim[2] = {head->n_out, head->n_in};
    int status = sq_weights_read(loader, name, "weight", 0, dim, 2, weight);
    if (status == SQ_OK)
        status = read_vector(loader, name, "bias", !head->layer->has_bias, dim[0], bias);
    if (status != SQ_OK || *bias != NULL)
        return status;
    *bias = calloc(dim[0], sizeof **bias);
    return *bias != NULL
               ? SQ_OK
               : sq_fail(loader->err, SQ_ENOMEM, "%s: out of memory for tensor \"%s.bias\"",
                         loader->network->model_path, name);
}

static void average(float *value, const float *other, size_t n)
{
    for (size_t i = 0; i < n; i++)
        value[i] = (float)(((double)value[i] + (double)other[i]) / 2);
}

/* A second classifier, of a network that was trained with a teacher: weights and biases averaged in
 * double precision, rounded once. */
static int average_classifier(struct sq_weights_loader *loader, const char *name, float *weight,
                              float *bias)
{
    const struct sq_synapse *head = &loader->network->head;
    float *other_weight = NULL, *other_bias = NULL;
    const int status = read_classifier(loader, name, &other_weight, &other_bias);
    if (status == SQ_OK && other_weight != NULL && other_bias != NULL) {
        average(weight, other_weight, (size_t)head->n_out * head->n_in);
        average(bias, other_bias, head->n_out);
    }
    free(other_weight);
    free(other_bias);
    return status;
}

/* The classifier has no batch norm and no neuron: packed as it is. */
static int load_head(struct sq_weights_loader *loader)
{
    struct sq_network *network = loader->network;
    struct sq_synapse *head = &network->head;
    float *weight = NULL, *bias = NULL;
    if (head->layer == NULL)
        return SQ_OK;
    int status = read_classifier(loader, head->name, &weight, &bias);
    for (uint32_t i = 0; status == SQ_OK && i < head->n_folded; i++)
        status = average_classifier(loader, head->folded[i]->weight, weight, bias);
    if (status == SQ_OK)
        status = sq_fold_alloc(loader->err, network, head);
    if (status == SQ_OK && weight != NULL)
        status = sq_fold_count_zeros(loader->err, network, weight, 1, head);
    if (status == SQ_OK && weight != NULL && bias != NULL) {
        const size_t written =
            sq_shared_weights_are_written(network->shared, head->weight) ? head->n_out : 0;
        for (size_t o = 0; o < written; o++)
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
    uint64_t n = loader->n_factors;
    for (size_t i = 0; i < sq_checkpoint_count(loader->checkpoint); i++) {
        const struct sq_tensor *tensor = sq_checkpoint_tensor(loader->checkpoint, i);
        if (loader->used[i] == SQ_USED && is_parameter(tensor->name))
            n += tensor->n_elements;
    }
    return n;
}

int sq_weights_load(struct sq_error *err, const struct sq_checkpoint *checkpoint,
                    const struct sq_architecture *architecture,
                    const struct sq_fixed_settings *fixed, struct sq_network *network)
{
    struct sq_weights_loader loader = {
        .err = err, .checkpoint = checkpoint, .architecture = architecture, .network = network};
    loader.used = calloc(sq_checkpoint_count(checkpoint) + 1, 1);
    if (loader.used == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", network->model_path);
    int status = SQ_OK;
    const int is_integers = sq_fixed_file_is(checkpoint, network->root);
    if (is_integers)
        status = sq_fixed_file_load(&loader);
    else if (fixed != NULL)
        status = load_fixed(&loader, fixed);
    else
        status = load_synapses(&loader);
    if (is_integers || fixed == NULL)
        network->weight_zeros = count_zeros(network);
    if (status == SQ_OK)
        status = load_head(&loader);
    network->weight_zeros += network->head.weight_zeros;
    if (status == SQ_OK)
        status = keep_marks(&loader);
    if (status == SQ_OK)
        status = sq_unused_note(err, checkpoint, architecture, loader.used, network);
    network->n_parameters = count_parameters(&loader);
    free(loader.used);
    return status;
}

int sq_weights_load_from(struct sq_error *err, const struct sq_tensor_source *source,
                         struct sq_network *network)
{
    struct sq_weights_loader loader = {.err = err, .source = source, .network = network};
    const int status = load_synapses(&loader);
    return status == SQ_OK ? load_head(&loader) : status;
}

int sq_weights_reload_node(struct sq_error *err, const struct sq_tensor_source *source,
                           struct sq_network *network, struct sq_node *node)
{
    struct sq_weights_loader loader = {.err = err, .source = source, .network = network};
    return load_whole_node(&loader, node);
}
