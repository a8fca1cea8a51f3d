/* Any bytes as an architecture of a fixed configuration, and as a graph object: what is accepted is
 * sound, can be written and read again, and is planned and counted or refused by a sentence; a second
 * run says the same. */
#define _GNU_SOURCE

#include "sim/graph/architecture.h"
#include "sim/json/json.h"
#include "sim/network/plan.h"
#include "sim/ops/account_operations.h"
#include "sim/ops/graph_object.h"
#include "sim/ops/types.h"
#include "test/fuzz/fuzz_file.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct sq_config sizes = {
    .name = "fuzz",
    .depth = 2,
    .dim = 16,
    .heads = 4,
    .mlp_hidden = 32,
    .timesteps = 2,
    .in_channels = 3,
    .image_height = 16,
    .image_width = 16,
    .classes = 7,
};

/* Of layers that leave their outputs open: what a tensor would tell. */
static uint32_t outputs(const void *data, const struct sq_graph_node *node)
{
    (void)data;
    (void)node;
    return 16;
}

static uint64_t digest_error(int status, const struct sq_error *err, uint64_t hash)
{
    must(status == SQ_OK || (err->code == status && err->text[0] != '\0'));
    return fuzz_digest(hash, err->text, strlen(err->text));
}

static void check_node(const struct sq_graph *graph, uint32_t index)
{
    const struct sq_graph_node *node = &graph->node[index];
    must(node->id[0] != '\0' && sq_graph_find(graph, node->id) == index);
    must(node->operation != SQ_OPERATION_ADD || node->n_inputs == 2);
    for (uint32_t i = 0; i < node->n_inputs; i++)
        must(node->input[i] < index);
    must(node->edge != SQ_EDGE_SPIKES || node->max_value == 1);
    must(node->edge != SQ_EDGE_REALS || node->max_value == 0);
    must(node->max_value <= 1u << 24);
    must(node->out_channels > 0 && node->out_channels <= 65535);
    must(node->out_height > 0 && node->out_width > 0);
}

/* A graph that was checked, as JSON and back: nothing is lost. */
static uint64_t write_and_read(const struct sq_graph *graph, uint64_t hash)
{
    struct sq_error err = {0};
    struct sq_graph again = {.n_nodes = 0};
    cJSON *object = sq_graph_to_object(graph);
    must(sq_graph_from_object(&err, "again", object, &again) == SQ_OK);
    cJSON *second = sq_graph_to_object(&again);
    char *text = sq_json_print_line(object), *text_again = sq_json_print_line(second);
    must(text != NULL && text_again != NULL && strcmp(text, text_again) == 0);
    hash = fuzz_digest(hash, text, strlen(text));
    free(text);
    free(text_again);
    cJSON_Delete(object);
    cJSON_Delete(second);
    sq_graph_free(&again);
    return hash;
}

/* The account and the plan take it, or say why not. */
static uint64_t use(struct sq_graph *graph, uint64_t hash)
{
    struct sq_error err = {0};
    struct sq_counters counters = {.n_ops = 0};
    struct sq_network network = {.config = sizes};
    int status = sq_counters_from_graph(&err, "fuzz", graph, 2, &counters);
    hash = digest_error(status, &err, hash);
    hash = fuzz_digest(hash, &counters.parameters, sizeof counters.parameters);
    sq_counters_free(&counters);
    network.graph = *graph;
    err = (struct sq_error){0};
    status = sq_plan_make(&err, &network);
    must(status == SQ_OK || status == SQ_EUNSUPPORTED);
    hash = digest_error(status, &err, hash);
    sq_arena_free(&network.arena);
    return fuzz_digest(hash, &network.n_nodes, sizeof network.n_nodes);
}

static uint64_t digest_graph(struct sq_graph *graph, uint64_t hash)
{
    must(graph->n_nodes > 0 && graph->n_nodes <= SQ_GRAPH_MOST_NODES);
    for (uint32_t i = 0; i < graph->n_nodes; i++)
        check_node(graph, i);
    return use(graph, write_and_read(graph, hash));
}

static uint64_t as_architecture(const uint8_t *data, size_t size, uint64_t hash)
{
    const struct sq_widths widths = {outputs, NULL};
    const struct fuzz_file file = fuzz_file_open(data, size);
    struct sq_architecture architecture;
    struct sq_graph graph = {.n_nodes = 0};
    struct sq_config config = sizes;
    struct sq_error err = {0};
    int status = sq_architecture_open(&err, NULL, file.path, &architecture);
    if (status == SQ_OK)
        status = sq_architecture_defaults(&err, &architecture, &config);
    if (status == SQ_OK)
        status = sq_architecture_graph(&err, &architecture, &config, &graph);
    if (status == SQ_OK)
        status = sq_graph_check(&err, architecture.origin, &widths, &graph);
    hash = digest_error(status, &err, hash);
    if (status == SQ_OK)
        hash = digest_graph(&graph, hash);
    sq_graph_free(&graph);
    sq_architecture_close(&architecture);
    close(file.fd);
    return hash;
}

static uint64_t as_object(const uint8_t *data, size_t size, uint64_t hash)
{
    struct sq_error err = {0};
    struct sq_graph graph = {.n_nodes = 0};
    cJSON *object = sq_json_parse((const char *)data, size, NULL, NULL);
    const int status = sq_graph_from_object(&err, "object", object, &graph);
    hash = digest_error(status, &err, hash);
    if (status == SQ_OK)
        hash = digest_graph(&graph, hash);
    sq_graph_free(&graph);
    cJSON_Delete(object);
    return hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint64_t hash = 0xcbf29ce484222325u;
    must(as_architecture(data, size, hash) == as_architecture(data, size, hash));
    must(as_object(data, size, hash) == as_object(data, size, hash));
    return 0;
}
