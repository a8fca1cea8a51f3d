/* Any bytes as a checkpoint of several networks: listing them, choosing by preference and by every
 * name, and giving lists of averages their names end in networks whose first tensor can be found or
 * in an error, and a second run says the same. */
#define _GNU_SOURCE

#include "sim/network/networks.h"
#include "sim/network/recognise.h"
#include "test/fuzz/fuzz_file.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct sq_architectures known;

struct place {
    struct sq_checkpoint *file;
    const char *root;
};

static int is_there(const char *name, void *data)
{
    const struct place *place = data;
    return sq_checkpoint_find(place->file, place->root, name) != NULL;
}

static uint64_t digest_one(struct sq_error *err, struct sq_checkpoint *file,
                           const struct sq_networks *networks, size_t i, uint64_t hash)
{
    const struct sq_found_network *network = &networks->network[i];
    const char *why = NULL;
    size_t chosen = 0;
    if (sq_networks_choose(err, networks, "fuzz", network->name, NULL, &chosen, &why) == SQ_OK &&
        strcmp(networks->network[chosen].name, network->name) != 0)
        abort(); /* a name chooses what is called so */
    if (sq_networks_unfold(err, file, network) == SQ_OK &&
        sq_first_tensors(&known, is_there, &(struct place){file, network->root}) == 0)
        abort();
    hash = fuzz_digest(hash, network->root, strlen(network->root));
    return fuzz_digest(hash, err->text, strlen(err->text));
}

static uint64_t run(const uint8_t *data, size_t size)
{
    struct fuzz_file input = fuzz_file_open(data, size);
    struct sq_error err = {0};
    struct sq_checkpoint *file = NULL;
    static struct sq_networks networks;
    uint64_t hash = 0;
    size_t chosen = 0;
    const char *why = NULL;
    if (sq_checkpoint_open(&err, input.path, &file) == SQ_OK &&
        sq_networks_find(&err, file, "fuzz", &known, &networks) == SQ_OK) {
        char list[512];
        sq_networks_list(&networks, list, sizeof list);
        hash = fuzz_digest(hash, list, strlen(list));
        if (sq_networks_choose(&err, &networks, "fuzz", NULL, NULL, &chosen, &why) != SQ_OK ||
            chosen != 0)
            abort(); /* where nothing is asked, the preferred one */
        for (size_t i = 0; i < networks.n; i++)
            hash = digest_one(&err, file, &networks, i, hash);
    } else if (err.code == SQ_OK || err.text[0] == '\0') {
        abort();
    }
    sq_checkpoint_free(file);
    close(input.fd);
    return fuzz_digest(hash, err.text, strlen(err.text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sq_error err = {0};
    if (known.n == 0 && sq_architectures_open(&err, "configs", NULL, &known) != SQ_OK)
        abort();
    if (run(data, size) != run(data, size))
        abort();
    return 0;
}
