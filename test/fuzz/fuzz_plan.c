/* Any bytes as a plan of a small network: it is refused by a sentence, or its tilings fit the layers that they are of; a
 * second reading says the same. */
#define _GNU_SOURCE

#include "sim/network/network.h"
#include "sim/nodes/synapse_tiling.h"
#include "sim/tilings/tilings.h"
#include "test/fuzz/fuzz_file.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct sq_config sizes = {
    .name = "fuzz",
    .architecture = "spikformer-cifar10",
    .depth = 1,
    .dim = 192,
    .heads = 4,
    .mlp_hidden = 320,
    .timesteps = 2,
    .in_channels = 3,
    .image_height = 16,
    .image_width = 16,
    .classes = 7,
};

static void check_tilings(const struct sq_node *node, const struct sq_node *from,
                          const struct sq_forced_tilings *forced)
{
    const uint32_t kernel = node->synapse->kernel, channels = from->shape.n_channels;
    must(sq_is_tiled(node));
    for (size_t i = 0; i < forced->n; i++) {
        const struct sq_tiling *tiling = &forced->by_rate[i].tiling;
        must(tiling->lines == 1 || (tiling->lines == kernel && tiling->taps == kernel));
        must(tiling->taps >= 1 && tiling->taps <= kernel);
        must(tiling->parts == 1 || (tiling->lines == 1 && tiling->taps == 1));
        must((uint64_t)tiling->parts * tiling->part_rows >= channels);
        must(sq_tiling_steps(tiling, kernel) <= sq_tiling_max_steps(kernel, channels));
        must(i == 0 || forced->by_rate[i].rate > forced->by_rate[i - 1].rate);
    }
}

static uint64_t read_once(const struct sq_network *network, const uint8_t *data, size_t size)
{
    const struct fuzz_file file = fuzz_file_open(data, size);
    struct sq_error err = {0};
    struct sq_arena arena = {0};
    struct sq_forced_tilings *forced = NULL;
    uint32_t n_layers = 0, n = 0;
    const int status = sq_tilings_read(&err, file.path, network, &arena, &forced, &n_layers);
    must(status == SQ_OK || (err.code == status && err.text[0] != '\0'));
    for (size_t i = 0; status == SQ_OK && i < network->n_nodes; i++) {
        const struct sq_node *node = &network->node[i];
        n += forced[i].n > 0;
        if (forced[i].n > 0)
            check_tilings(node, &network->node[node->source[0]], &forced[i]);
    }
    must(status != SQ_OK || (n == n_layers && n > 0));
    sq_arena_free(&arena);
    close(file.fd);
    const uint64_t hash = fuzz_digest(0xcbf29ce484222325u, err.text, strlen(err.text));
    return fuzz_digest(hash, &n_layers, sizeof n_layers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sq_network *network;
    if (network == NULL) {
        setenv("SPIKEQ_CONFIGS", "configs", 1);
        must(sq_network_without_weights(NULL, &sizes, &network) == SQ_OK);
    }
    must(read_once(network, data, size) == read_once(network, data, size));
    return 0;
}
