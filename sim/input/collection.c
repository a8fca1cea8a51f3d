#include "sim/input/collection.h"

#include "sim/input/archives/archive_reader.h"
#include "sim/input/collection_sources.h"
#include "sim/input/frames_file.h"
#include "sim/input/images/image_file.h"
#include "traces/files/npy.h"
#include "traces/files/whole_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool is_cifar(const char *path, const struct sq_input_want *want)
{
    struct sq_collection probe = {.path = path};
    const bool fits =
        want->channels == 3 && !want->frames && sq_collection_add_cifar(NULL, &probe) == SQ_OK;
    sq_collection_clear(&probe);
    return fits;
}

/* Is the file one sample? */
static bool is_sample(const unsigned char *head, size_t n, const struct sq_input_want *want)
{
    return sq_image_knows(head, n) || (want->frames && sq_frames_file_knows(head, n, want));
}

/* The kind of a file or folder; SQ_OK with kind -1: not a collection. */
static int find(struct sq_error *err, const char *path, const struct sq_input_want *want, int *what)
{
    unsigned char head[SQ_ARRAY_HEAD_BYTES];
    struct stat status;
    *what = -1;
    const bool is_there = stat(path, &status) == 0;
    if (!is_there && sq_collection_has_braces(path)) {
        *what = 'b';
        return SQ_OK;
    }
    if (!is_there)
        return sq_fail(err, SQ_EIO, "%s: cannot be opened: %s", path, strerror(errno));
    if (S_ISDIR(status.st_mode)) {
        *what = 'd';
        return SQ_OK;
    }
    if (!S_ISREG(status.st_mode))
        return SQ_OK;
    const size_t n = sq_file_head(path, head, sizeof head);
    if (sq_archive_knows(path, head, n))
        *what = 'a';
    else if (sq_collection_is_list(path, head, n))
        *what = 'l';
    else if (want->frame_request != NULL || is_sample(head, n, want))
        *what = 'f';
    else if (is_cifar(path, want))
        *what = 'c';
    return SQ_OK;
}

int sq_collection_find(struct sq_error *err, const char *path, const struct sq_input_want *want,
                       bool *is_one)
{
    int what = -1;
    const int rc = find(err, path, want, &what);
    *is_one = what != -1;
    return rc;
}

static int check_labels(struct sq_error *err, const struct sq_collection *collection,
                        uint32_t classes)
{
    char name[SQ_COLLECTION_NAME];
    for (uint64_t i = 0; i < collection->n; i++)
        if (collection->item[i].label >= 0 && classes > 0 &&
            (uint32_t)collection->item[i].label >= classes)
            return sq_fail(err, SQ_EVALUE,
                           "%s: sample %" PRIu64 " (%s) has the label %" PRId32
                           "; the network has the classes 0..%" PRIu32,
                           collection->path, i, sq_collection_name(collection, i, name),
                           collection->item[i].label, classes - 1);
    return SQ_OK;
}

static int check_number(struct sq_error *err, const struct sq_collection *collection)
{
    if (collection->n > 0)
        return SQ_OK;
    if (collection->kind == SQ_COLLECT_IMAGES && collection->no_sample != NULL)
        return sq_fail(err, SQ_EFORMAT, "%s: is neither a PNG nor a JPEG image",
                       collection->no_sample);
    return sq_fail(err, SQ_EFORMAT, "%s: holds no sample", collection->path);
}

static int add_one(struct sq_error *err, struct sq_collection *collection)
{
    uint32_t folder = 0;
    const int rc = sq_collection_add_folder_name(err, collection, "", &folder);
    return rc == SQ_OK ? sq_collection_add(err, collection, folder, collection->path, -1) : rc;
}

static int add_samples(struct sq_error *err, struct sq_collection *collection, int what)
{
    int rc;
    switch (what) {
    case 'd':
        return sq_collection_add_folder(err, collection);
    case 'l':
        return sq_collection_add_list(err, collection);
    case 'c':
        return sq_collection_add_cifar(err, collection);
    case 'b':
        return sq_collection_add_braces(err, collection);
    case 'a':
        rc = sq_collection_add_archive(err, collection, collection->path);
        return rc == SQ_OK ? sq_collection_end_archives(err, collection) : rc;
    case 'f':
        return add_one(err, collection);
    default:
        return sq_fail(err, SQ_EFORMAT, "%s: cannot be read as samples", collection->path);
    }
}

static int fill(struct sq_error *err, struct sq_collection *collection,
                const struct sq_input_want *want)
{
    int what = -1;
    int rc = find(err, collection->path, want, &what);
    collection->channels = want->channels;
    collection->kind = want->frame_request != NULL ? SQ_COLLECT_RECORDINGS
                       : want->frames              ? SQ_COLLECT_FRAMES
                                                   : SQ_COLLECT_IMAGES;
    if (rc != SQ_OK)
        return rc;
    rc = add_samples(err, collection, what);
    if (rc == SQ_OK)
        rc = check_number(err, collection);
    if (rc == SQ_OK)
        sq_collection_trim(collection);
    return rc == SQ_OK ? check_labels(err, collection, want->config->classes) : rc;
}

int sq_collection_open(struct sq_error *err, const char *path, const struct sq_input_want *want,
                       struct sq_collection **out)
{
    struct sq_collection *collection = calloc(1, sizeof *collection);
    if (collection == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    collection->path = path;
    const int rc = fill(err, collection, want);
    if (rc == SQ_OK)
        *out = collection;
    else
        sq_collection_free(collection);
    return rc;
}

void sq_collection_free(struct sq_collection *collection)
{
    if (collection == NULL)
        return;
    sq_collection_clear(collection);
    free(collection);
}
