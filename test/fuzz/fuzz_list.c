/* Any bytes as a list of samples: it ends in paths, with or without a label, or in an error, and a
 * second run says the same. The list itself is a file that its lines can name: 100. */
#define _GNU_SOURCE

#include "sim/input/collection_sources.h"
#include "test/fuzz/fuzz_file.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t digest_items(const struct sq_collection *list, uint64_t hash)
{
    char name[SQ_COLLECTION_NAME];
    for (uint64_t i = 0; i < list->n; i++) {
        const struct sq_collected *item = &list->item[i];
        if (item->label < -1 || sq_collection_name(list, i, name)[0] == '\0')
            abort();
        hash = fuzz_digest(hash, name, strlen(name));
        hash = fuzz_digest(hash, &item->label, sizeof item->label);
    }
    return hash;
}

static uint64_t run(const uint8_t *data, size_t size)
{
    const struct fuzz_file file = fuzz_file_open(data, size);
    struct sq_collection list = {.path = file.path};
    struct sq_error err = {0};
    const bool is_list = sq_collection_is_list(file.path, data, size);
    uint64_t hash = fuzz_digest(0xcbf29ce484222325u, &is_list, sizeof is_list);
    if (sq_collection_add_list(&err, &list) == SQ_OK)
        hash = digest_items(&list, hash);
    else if (err.text[0] == '\0')
        abort();
    sq_collection_clear(&list);
    close(file.fd);
    return fuzz_digest(hash, err.text, strlen(err.text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (run(data, size) != run(data, size))
        abort();
    return 0;
}
