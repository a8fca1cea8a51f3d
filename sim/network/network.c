#include "sim/network/network.h"

#include "kernels/accumulate/accumulate.h"
#include "sim/network/configure.h"
#include "sim/network/fixed_file.h"
#include "sim/network/fold.h"
#include "sim/network/make_graph.h"
#include "sim/network/neuron_claims.h"
#include "sim/network/plan.h"
#include "sim/network/weights.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Pruned networks: the counts of what a dense accelerator would do hold weights that are 0. */
static int warn_zeros(struct sq_error *err, const struct sq_network *network)
{
    const uint64_t zeros = network->weight_zeros;
    uint64_t n = 0;
    for (size_t i = 0; i < network->n_nodes; i++) {
        const struct sq_synapse *synapse = sq_node_weights(network, &network->node[i]);
        n += synapse != NULL ? (uint64_t)synapse->n_in * synapse->n_out : 0;
    }
    if (zeros * SQ_MANY_ZEROS < n || zeros == 0)
        return SQ_OK;
    return sq_warn(err, "zero-weights",
                   "%s: %.1f%% of its weights are 0, and synaptic operations count them like any "
                   "other; spikeq energy " SQ_FLAG "convention exact " SQ_FLAG
                   "switch zero-weights=skipped leaves them out",
                   network->model_path, 100 * (double)zeros / (double)n);
}

/* Weights that nobody trained: what they compute says nothing, and their rates were chosen. */
static int warn_synthetic(struct sq_error *err, const struct sq_checkpoint *file,
                          struct sq_network *network)
{
    snprintf(network->synthetic, sizeof network->synthetic, "%s", sq_checkpoint_synthetic(file));
    if (network->synthetic[0] == '\0')
        return SQ_OK;
    return sq_warn(err, "synthetic-weights",
                   "%s: its weights are synthetic (%s): firing rates were chosen, and predictions "
                   "mean nothing",
                   network->model_path, network->synthetic);
}

/* Batch norm was folded into integers before: no other epsilon reaches them. */
static int refuse_folded(struct sq_error *err, const struct sq_network_request *request)
{
    for (size_t i = 0; i < request->n_set; i++)
        if (strncmp(request->set[i], "bn_eps=", strlen("bn_eps=")) == 0)
            return sq_fail(err, SQ_EVALUE,
                           "%s: " SQ_OPT
                           "set bn_eps would change nothing: the weights are integers, with batch "
                           "norm folded into them; quantise the trained checkpoint again",
                           request->model);
    return SQ_OK;
}

/* Outputs of a layer by its tensor, for graphs that do not say how many. */
struct tensors {
    const struct sq_checkpoint *file;
    const char *root;
};

static uint32_t outputs_of(const void *data, const struct sq_graph_node *node)
{
    const struct tensors *tensors = data;
    char name[SQ_NAME_BYTES + 16];
    snprintf(name, sizeof name, "%s.weight", node->weight);
    const struct sq_tensor *tensor = sq_checkpoint_find(tensors->file, tensors->root, name);
    return tensor != NULL && tensor->n_dims > 0 && tensor->dim[0] <= UINT32_MAX
               ? (uint32_t)tensor->dim[0]
               : 0;
}

/* What the file of a graph leaves open. */
static int warn_open(struct sq_error *err, const struct sq_checkpoint *file,
                     const struct sq_architecture *architecture, const struct sq_network *network)
{
    const char *open = sq_architecture_text(architecture, "comment");
    return sq_checkpoint_is_graph(file) && open[0] != '\0'
               ? sq_warn(err, "reset-not-stated", "%s: %s", network->model_path, open)
               : SQ_OK;
}

/* Floats, or integers of 8 or 16 bits where these are made while the file is read. */
static int load_weights(struct sq_error *err, const struct sq_checkpoint *file,
                        const struct sq_architecture *architecture,
                        const struct sq_fixed_settings *fixed, struct sq_network *network)
{
    const int is_fixed = fixed != NULL || sq_fixed_file_is(file, network->root);
    const size_t bytes =
        sq_network_weights_bytes(network, is_fixed ? sizeof(int16_t) : sizeof(float));
    const int status = sq_shared_weights_begin(err, network->shared, SQ_OK, bytes);
    return status == SQ_OK ? sq_weights_load(err, file, architecture, fixed, network) : status;
}

/* The graph of the architecture, the nodes that run it, and their weights. */
static int load_graph(struct sq_error *err, const struct sq_checkpoint *file,
                      const struct sq_network_request *request, struct sq_network *network)
{
    const struct tensors tensors = {file, network->root};
    const struct sq_widths widths = {outputs_of, &tensors};
    struct sq_architecture architecture;
    int status = sq_architecture_open(err, request->config_dirs, network->config.architecture,
                                      &architecture);
    if (status == SQ_OK)
        status = warn_open(err, file, &architecture, network);
    if (status == SQ_OK)
        status = sq_graph_make(err, &architecture, &network->config, &widths, &network->graph);
    if (status == SQ_OK) {
        network->config.takes_frames = network->graph.node[0].input_kind == SQ_INPUT_FRAMES;
        status = sq_plan_make(err, network);
    }
    if (status == SQ_OK)
        status = load_weights(err, file, &architecture, request->fixed, network);
    sq_architecture_close(&architecture);
    return status;
}

/* From an open file into an empty network. */
static int load_open(struct sq_error *err, struct sq_checkpoint *file,
                     const struct sq_network_request *request, struct sq_network *network)
{
    network->container = sq_checkpoint_container(file);
    int status = warn_synthetic(err, file, network);
    if (status == SQ_OK)
        status = sq_configure(err, file, request, network);
    if (status == SQ_OK)
        status = sq_config_warn_assumed(err, &network->config);
    if (status == SQ_OK)
        status = load_graph(err, file, request, network);
    if (status == SQ_OK)
        status = sq_neuron_claims_check(err, network);
    if (status == SQ_OK && sq_fixed_file_is(file, network->root))
        status = refuse_folded(err, request);
    if (status == SQ_OK)
        status = warn_zeros(err, network);
    return status;
}

/* From the file into an empty network; its digest is computed meanwhile, which takes half as long. */
static int load_into(struct sq_error *err, const struct sq_network_request *request,
                     struct sq_network *network)
{
    struct sq_checkpoint *file = NULL;
    struct sq_digest_task digest;
    snprintf(network->model_path, sizeof network->model_path, "%s", request->model);
    snprintf(network->arith, sizeof network->arith, "f32");
    int status = sq_checkpoint_open(err, request->model, &file);
    if (status != SQ_OK)
        return status;
    sq_digest_begin(&digest, request->model);
    status = load_open(err, file, request, network);
    const int digested =
        sq_digest_end(status == SQ_OK ? err : NULL, &digest, network->model_digest);
    sq_checkpoint_free(file);
    return status != SQ_OK ? status : digested;
}

int sq_network_load_request(struct sq_error *err, const struct sq_network_request *request,
                            struct sq_network **out)
{
    struct sq_network *network = calloc(1, sizeof *network);
    if (network == NULL)
        return sq_shared_weights_end(err, request->shared,
                                     sq_fail(err, SQ_ENOMEM, "%s: out of memory", request->model));
    network->shared = request->shared;
    sq_warnings_begin(err, &network->warnings);
    int status = load_into(err, request, network);
    sq_warnings_end(err, &network->warnings);
    status = sq_shared_weights_end(err, network->shared, status);
    if (status == SQ_OK)
        *out = network;
    else
        sq_network_free(network);
    return status;
}

int sq_network_config(struct sq_error *err, const struct sq_network_request *request,
                      struct sq_config *out)
{
    struct sq_checkpoint *file = NULL;
    struct sq_network *network = calloc(1, sizeof *network);
    if (network == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", request->model);
    int status = sq_checkpoint_open(err, request->model, &file);
    if (status == SQ_OK)
        status = sq_configure(err, file, request, network);
    if (status == SQ_OK)
        status = sq_config_warn_assumed(err, &network->config);
    if (status == SQ_OK)
        *out = network->config;
    sq_checkpoint_free(file);
    sq_network_free(network);
    return status;
}

int sq_network_load(struct sq_error *err, const char *config_dirs, const char *model,
                    const char *config, const char *const *set, size_t n_set,
                    struct sq_network **out)
{
    const struct sq_network_request request = {
        .config_dirs = config_dirs, .model = model, .config = config, .set = set, .n_set = n_set};
    return sq_network_load_request(err, &request, out);
}

int sq_network_load_as(struct sq_error *err, const char *model, const struct sq_config *config,
                       struct sq_network **out)
{
    const struct sq_network_request request = {.model = model, .given = config};
    return sq_network_load_request(err, &request, out);
}

/* Sizes that the graph knows, where the configuration is open. */
static void take_sizes(const struct sq_graph *graph, struct sq_config *config)
{
    const struct sq_graph_node *input = &graph->node[0];
    const struct sq_graph_node *last = &graph->node[graph->n_nodes - 1];
    config->in_channels = config->in_channels > 0 ? config->in_channels : input->out_channels;
    config->image_height = config->image_height > 0 ? config->image_height : input->out_height;
    config->image_width = config->image_width > 0 ? config->image_width : input->out_width;
    config->classes = config->classes > 0 ? config->classes : last->out_channels;
    config->takes_frames = input->input_kind == SQ_INPUT_FRAMES;
}

int sq_network_of_graph(struct sq_error *err, const struct sq_config *config,
                        struct sq_graph *graph, struct sq_network **out)
{
    struct sq_network *network = calloc(1, sizeof *network);
    if (network == NULL) {
        sq_graph_free(graph);
        return sq_fail(err, SQ_ENOMEM, "config %s: out of memory", config->name);
    }
    network->config = *config;
    network->graph = *graph;
    take_sizes(&network->graph, &network->config);
    *graph = (struct sq_graph){.n_nodes = 0};
    network->container = "";
    network->weights_why = "";
    snprintf(network->arith, sizeof network->arith, "f32");
    const int status = sq_plan_make(err, network);
    if (status == SQ_OK)
        *out = network;
    else
        sq_network_free(network);
    return status;
}

int sq_network_without_weights(struct sq_error *err, const struct sq_config *config,
                               struct sq_network **out)
{
    struct sq_config complete = *config;
    struct sq_graph graph = {.n_nodes = 0};
    int status = sq_configure_check(err, "config", &complete, "");
    if (status == SQ_OK)
        status = sq_graph_from_config(err, &complete, &graph);
    if (status == SQ_OK)
        return sq_network_of_graph(err, &complete, &graph, out);
    sq_graph_free(&graph);
    return status;
}

/* The first node that reads what a node sends; n_nodes: none does. */
static uint32_t first_reader(const struct sq_graph *graph, uint32_t index)
{
    uint32_t at = index + 1;
    while (at < graph->n_nodes && !sq_graph_reads(graph, at, index))
        at++;
    return at;
}

const struct sq_node *sq_network_node_of(const struct sq_network *network, uint32_t graph_node)
{
    uint32_t at = graph_node;
    while (at < network->graph.n_nodes && network->sender[at] == SQ_NO_SENDER)
        at = first_reader(&network->graph, at);
    return at < network->graph.n_nodes ? &network->node[network->sender[at]] : NULL;
}

uint32_t sq_node_dims(const struct sq_node *node, uint64_t dim[3])
{
    const uint64_t n_rows = node->shape.n_rows, channels = node->shape.n_channels;
    const uint64_t heads = node->graph->heads > 0 ? node->graph->heads : 1;
    const struct {
        uint32_t n;
        uint64_t dim[3];
    } of[] = {
        [SQ_AXES_CHW] = {3, {channels, node->height, node->width}},
        [SQ_AXES_NC] = {2, {n_rows, channels}},
        [SQ_AXES_CN] = {2, {channels, n_rows}},
        [SQ_AXES_H1D] = {3, {heads, 1, channels / heads}},
        [SQ_AXES_H1N] = {3, {channels, 1, n_rows}},
        [SQ_AXES_HMN] = {3, {heads, channels / heads, n_rows}},
        [SQ_AXES_C] = {1, {channels}},
    };
    memcpy(dim, of[node->axes].dim, sizeof of[0].dim);
    return of[node->axes].n;
}

void *sq_network_alloc_weights(struct sq_network *network, size_t count, size_t size)
{
    void *shared = sq_shared_weights_alloc(network->shared, count * size);
    return shared != NULL ? shared : sq_arena_alloc(&network->arena, count, size);
}

size_t sq_network_weights_bytes(const struct sq_network *network, size_t size)
{
    size_t bytes = 0;
    for (size_t i = 0; i < network->n_nodes; i++) {
        const struct sq_synapse *synapse = sq_node_weights(network, &network->node[i]);
        const size_t of_one = synapse == &network->head ? sizeof(float) : size;
        if (synapse != NULL)
            bytes += sq_shared_weights_room(sq_packed_count(synapse) * of_one);
    }
    return bytes;
}

const char *sq_synapse_kind(const struct sq_network *network, const struct sq_node *node)
{
    return sq_node_weights(network, node)->kind;
}

struct sq_network *sq_network_hold(const struct sq_network *network)
{
    struct sq_network *held = (struct sq_network *)(uintptr_t)network;
    atomic_fetch_add(&held->n_holds, 1);
    return held;
}

void sq_network_free(struct sq_network *network)
{
    if (network == NULL || atomic_fetch_sub(&network->n_holds, 1) > 0)
        return;
    sq_graph_free(&network->graph);
    sq_arena_free(&network->arena);
    free(network);
}
