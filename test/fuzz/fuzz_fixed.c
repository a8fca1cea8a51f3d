/* Any bytes as a model of integers for one small network, and for one with streams: loading it ends in a network whose bounds
 * hold or in an error, and a second run says the same. */
#define _GNU_SOURCE

#include "sim/network/network.h"
#include "test/fuzz/fuzz_file.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SIZES                                                                            \
    .depth = 1, .dim = 8, .heads = 2, .mlp_hidden = 8, .timesteps = 2, .in_channels = 1, \
    .image_height = 4, .image_width = 4, .classes = 2

static const struct sq_config config[] = {
    {.name = "fuzz", .architecture = "spikformer-cifar10", SIZES},
    {.name = "fuzz", .architecture = "spikingformer-cifar", SIZES},
};

/* What was made of the integers; a membrane beyond its bits aborts. */
static uint64_t digest_network(const struct sq_network *network)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < network->n_nodes; i++) {
        const struct sq_fixed *fixed = network->node[i].fixed;
        if (fixed == NULL)
            continue;
        if (fixed->membrane_bits > network->fixed.membrane_bits ||
            fixed->sum_bits > 8 * fixed->sum_bytes)
            abort();
        hash = fuzz_digest(hash, fixed->exponent, network->node[i].shape.n_channels);
        hash = fuzz_digest(hash, fixed->bias, sizeof *fixed->bias);
        if (fixed->threshold != NULL)
            hash = fuzz_digest(hash, fixed->threshold, sizeof *fixed->threshold);
        if (network->node[i].stream != NULL &&
            network->node[i].stream->bits > network->fixed.membrane_bits)
            abort();
    }
    return hash;
}

static uint64_t run(const uint8_t *data, size_t size, const struct sq_config *as)
{
    struct fuzz_file file = fuzz_file_open(data, size);
    struct sq_error err = {0};
    struct sq_network *network = NULL;
    uint64_t hash = 0;
    if (sq_network_load_as(&err, file.path, as, &network) == SQ_OK)
        hash = digest_network(network);
    else if (network != NULL || err.code == SQ_OK || err.text[0] == '\0')
        abort(); /* an error leaves nothing and says something */
    sq_network_free(network);
    close(file.fd);
    return fuzz_digest(hash, err.text, strlen(err.text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < sizeof config / sizeof config[0]; i++)
        if (run(data, size, &config[i]) != run(data, size, &config[i]))
            abort();
    return 0;
}
