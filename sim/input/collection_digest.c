#include "sim/input/collection.h"
#include "sim/input/collection_reader.h"
#include "traces/files/digest.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Is the collection one file, whose digest is its own? */
static bool is_one_file(const struct sq_collection *collection)
{
    return collection->kind == SQ_COLLECT_CIFAR ||
           (collection->n == 1 && collection->member == NULL &&
            strcmp(sq_collection_own_name(collection, 0), collection->path) == 0);
}

/* "SHA-256 LABEL", of the bytes of sample i. */
static int add_content(struct sq_error *err, struct sq_collection_reader *reader, uint64_t i,
                       struct sq_hash *hash)
{
    char name[SQ_COLLECTION_NAME], line[SQ_DIGEST_TEXT + 16], text[SQ_DIGEST_TEXT];
    FILE *file;
    int rc = sq_collection_reader_open(err, reader, i, name, &file);
    if (rc != SQ_OK)
        return rc;
    rc = sq_digest_stream(err, name, file, text);
    fclose(file);
    if (rc != SQ_OK)
        return rc;
    const int n =
        snprintf(line, sizeof line, "%.64s %" PRId32 "\n", text, reader->collection->item[i].label);
    sq_hash_add(hash, line, (size_t)n);
    return SQ_OK;
}

int sq_digest_name(struct sq_error *err, struct sq_hash *hash, const char *path, const char *name,
                   int32_t label)
{
    char line[64];
    struct stat status;
    if (stat(path, &status) != 0)
        return sq_fail(err, SQ_EIO, "%s: cannot be read: %s", path, strerror(errno));
    const int n =
        snprintf(line, sizeof line, "%lld %" PRId32 " ", (long long)status.st_size, label);
    sq_hash_add(hash, line, (size_t)n);
    sq_hash_add(hash, name, strlen(name) + 1);
    return SQ_OK;
}

/* The path of a sample as it lies in the collection. */
static const char *name_within(const struct sq_collection *collection, const char *path)
{
    const size_t n = strlen(collection->path);
    const char *slash = strrchr(collection->path, '/');
    if (strncmp(path, collection->path, n) == 0 && path[n] == '/')
        return path + n + strspn(path + n, "/"); /* of a folder */
    if (slash != NULL && strncmp(path, collection->path, (size_t)(slash - collection->path)) == 0)
        return path + (slash - collection->path) + 1; /* of a list, or the one file */
    return path;
}

/* "SIZE LABEL NAME" of sample i: of a member in what its archive says. */
static int add_name(struct sq_error *err, const struct sq_collection *collection, uint64_t i,
                    struct sq_hash *hash)
{
    char path[SQ_COLLECTION_NAME], line[64];
    const int32_t label = collection->item[i].label;
    if (collection->member == NULL) {
        sq_collection_name(collection, i, path);
        return sq_digest_name(err, hash, path, name_within(collection, path), label);
    }
    const char *name = sq_collection_own_name(collection, i);
    const int n =
        snprintf(line, sizeof line, "%" PRIu32 " %" PRId32 " ", collection->member[i].size, label);
    sq_hash_add(hash, line, (size_t)n);
    sq_hash_add(hash, name, strlen(name) + 1);
    return SQ_OK;
}

int sq_collection_digest(struct sq_error *err, const struct sq_collection *collection,
                         enum sq_input_identity identity, char *text)
{
    struct sq_collection_reader reader = {.collection = collection};
    struct sq_hash *hash = NULL;
    if (identity == SQ_IDENTITY_CONTENT && is_one_file(collection))
        return sq_digest_file(err, collection->path, text);
    int rc = sq_hash_new(err, &hash);
    for (uint64_t i = 0; rc == SQ_OK && i < collection->n; i++)
        rc = identity == SQ_IDENTITY_CONTENT ? add_content(err, &reader, i, hash)
                                             : add_name(err, collection, i, hash);
    sq_collection_reader_close(&reader);
    sq_hash_end(hash, rc == SQ_OK ? text : NULL);
    return rc;
}
