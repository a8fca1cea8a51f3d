/* Any bytes as the main pickle of a PyTorch file whose storages all exist and are zero: what an
 * archive's checksums keep fuzz_checkpoint from reaching. */
#define _GNU_SOURCE

#include "sim/checkpoint/torch.h"
#include "test/fuzz/fuzz_tensors.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_STORAGE_BYTES = 1 << 16 };

/* False where a storage is larger than an input can justify; archives refuse those by size. */
static bool fill(struct sq_torch *torch)
{
    for (uint32_t i = 0; i < torch->n_storages; i++) {
        struct sq_torch_storage *storage = &torch->storage[i];
        unsigned char *buffer;
        if (!storage->used)
            continue;
        if (storage->bytes > MAX_STORAGE_BYTES ||
            (buffer = sq_checkpoint_new_buffer(torch->reader, storage->bytes)) == NULL)
            return false;
        memset(buffer, 0, storage->bytes);
        storage->data = buffer;
    }
    return true;
}

static uint64_t run(const uint8_t *data, size_t size)
{
    struct sq_error err = {0};
    struct sq_checkpoint *checkpoint = calloc(1, sizeof *checkpoint);
    struct sq_checkpoint_reader reader = {
        .err = &err, .path = "fuzz", .fd = -1, .size = size, .checkpoint = checkpoint};
    struct sq_pickle pickle = {.err = &err, .path = "fuzz", .data = data, .size = size};
    struct sq_torch torch = {.reader = &reader, .pickle = &pickle};
    uint64_t hash = 0;
    if (checkpoint == NULL)
        abort();
    if (sq_pickle_parse(&pickle) == SQ_OK && sq_torch_collect(&torch) == SQ_OK && fill(&torch)) {
        sq_torch_attach(&torch, size % 2 != 0);
        if (sq_checkpoint_index(&reader) == SQ_OK)
            hash = fuzz_tensors(checkpoint, hash);
    }
    sq_torch_free(&torch);
    sq_pickle_free(&pickle);
    sq_checkpoint_free(checkpoint);
    return fuzz_digest(hash, err.text, strlen(err.text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (run(data, size) != run(data, size))
        abort();
    return 0;
}
