/* Any bytes as a tar archive, plain or compressed, of images or frames: listing it ends in samples or
 * in an error, every sample's bytes are as many as was listed, and a second run says the same. */
#define _GNU_SOURCE

#include "sim/input/collection_reader.h"
#include "sim/input/collection_sources.h"
#include "test/fuzz/fuzz_file.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Larger ones only cost time. */
enum { MOST_BYTES = 1 << 20 };

static uint64_t digest_bytes(FILE *file, uint32_t size, uint64_t hash)
{
    unsigned char piece[4096];
    uint64_t all = 0;
    size_t n;
    while ((n = fread(piece, 1, sizeof piece, file)) > 0) {
        hash = fuzz_digest(hash, piece, n);
        all += n;
    }
    if (all != size)
        abort();
    return hash;
}

static uint64_t digest_samples(const struct sq_collection *collection, uint64_t hash)
{
    struct sq_collection_reader reader = {.collection = collection};
    static char name[SQ_COLLECTION_NAME];
    struct sq_error err = {0};
    for (uint64_t i = 0; i < collection->n; i++) {
        const struct sq_collected_member *member = &collection->member[i];
        FILE *file;
        if (member->size > MOST_BYTES)
            continue;
        if (sq_collection_reader_open(&err, &reader, i, name, &file) != SQ_OK) {
            hash = fuzz_digest(hash, err.text, strlen(err.text));
            continue;
        }
        hash = fuzz_digest(hash, name, strlen(name));
        hash = fuzz_digest(hash, &collection->item[i].label, sizeof collection->item[i].label);
        hash = digest_bytes(file, member->size, hash);
        fclose(file);
    }
    sq_collection_reader_close(&reader);
    return hash;
}

static uint64_t list_as(const char *path, enum sq_collection_kind kind, uint64_t hash)
{
    struct sq_collection collection = {.path = path, .kind = kind, .channels = 3};
    struct sq_error err = {0};
    int rc = sq_collection_add_archive(&err, &collection, path);
    if (rc == SQ_OK)
        rc = sq_collection_end_archives(&err, &collection);
    if (rc == SQ_OK)
        hash = digest_samples(&collection, hash);
    else if (err.text[0] == '\0')
        abort(); /* an error says something */
    sq_collection_clear(&collection);
    return fuzz_digest(hash, err.text, strlen(err.text));
}

static uint64_t run(const uint8_t *data, size_t size)
{
    const struct fuzz_file file = fuzz_file_open(data, size);
    uint64_t hash = list_as(file.path, SQ_COLLECT_IMAGES, 0xcbf29ce484222325u);
    hash = list_as(file.path, SQ_COLLECT_FRAMES, hash);
    close(file.fd);
    return hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (run(data, size) != run(data, size))
        abort();
    return 0;
}
