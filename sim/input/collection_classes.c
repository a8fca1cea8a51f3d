#include "sim/input/collection_classes.h"

#include "sim/input/collection_names.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

int sq_collection_warn_empty(struct sq_error *err, const struct sq_collection *collection)
{
    if (collection->empty_folder == NULL || collection->n == 0)
        return SQ_OK;
    return sq_warn(err, "class-folder-empty",
                   "%s: holds no sample but takes a label: later folders are numbered after it",
                   collection->empty_folder);
}

int sq_collection_warn_beside(struct sq_error *err, const struct sq_collection *collection)
{
    return sq_warn(
        err, "samples-beside-class-folders",
        "%s: holds samples beside its class folders; they have no class and are left out",
        collection->path);
}

int sq_collection_warn_unlabelled(struct sq_error *err, const struct sq_collection *collection,
                                  uint64_t n, const char *what)
{
    if (n == 0 || n == collection->n)
        return SQ_OK;
    return sq_warn(err, "labels-missing",
                   "%s: %" PRIu64 " of %" PRIu64 " %s have no label: accuracy is that of the "
                   "others only",
                   collection->path, n, collection->n, what);
}

/* A class folder: its name is the first n bytes. */
struct class_folder {
    const char *name;
    size_t n;
};

/* Members while they are labelled. */
struct classing {
    struct sq_error *err;
    struct sq_collection *collection;
    size_t n_shared; /* bytes in front of the class, of every sample's name */
    struct class_folder *folder;
    size_t n, room;
};

/* Bytes of the folders in front of a name, "a/b/". */
static size_t folder_bytes(const char *name)
{
    const char *slash = strrchr(name, '/');
    return slash != NULL ? (size_t)(slash - name) + 1 : 0;
}

/* Bytes of the folders that all samples lie in. */
static size_t shared_bytes(const struct sq_collection *collection)
{
    const char *first = sq_collection_own_name(collection, 0);
    size_t n = folder_bytes(first);
    for (uint64_t i = 1; i < collection->n && n > 0; i++) {
        const char *name = sq_collection_own_name(collection, i);
        size_t same = 0;
        while (same < n && name[same] == first[same])
            same++;
        while (same > 0 && first[same - 1] != '/')
            same--;
        n = same;
    }
    return n;
}

/* The class folder of a name; n is 0 where the name lies beside the class folders. */
static struct class_folder class_of(const struct classing *c, const char *name)
{
    const char *slash = strchr(name + c->n_shared, '/');
    return (struct class_folder){name + c->n_shared,
                                 slash != NULL ? (size_t)(slash - name) - c->n_shared : 0};
}

static int by_name(const void *a, const void *b)
{
    const struct class_folder *one = a, *other = b;
    const int order = memcmp(one->name, other->name, one->n < other->n ? one->n : other->n);
    return order != 0 ? order : (one->n > other->n) - (one->n < other->n);
}

static int add_class(struct classing *c, struct class_folder folder)
{
    if (c->n > 0 && by_name(&c->folder[c->n - 1], &folder) == 0)
        return SQ_OK;
    if (c->n == c->room) {
        c->room = 2 * c->room + 64;
        struct class_folder *grown = realloc(c->folder, c->room * sizeof *grown);
        if (grown == NULL)
            return sq_fail(c->err, SQ_ENOMEM, "%s: out of memory for its classes",
                           c->collection->path);
        c->folder = grown;
    }
    c->folder[c->n++] = folder;
    return SQ_OK;
}

/* In the order of their names, each once. */
static void sort_classes(struct classing *c)
{
    size_t n = 0;
    if (c->n > 0)
        qsort(c->folder, c->n, sizeof *c->folder, by_name);
    for (size_t i = 0; i < c->n; i++)
        if (n == 0 || by_name(&c->folder[n - 1], &c->folder[i]) != 0)
            c->folder[n++] = c->folder[i];
    c->n = n;
}

static int gather_classes(struct classing *c)
{
    int rc = SQ_OK;
    for (uint64_t i = 0; rc == SQ_OK && i < c->collection->n; i++) {
        const struct class_folder folder = class_of(c, sq_collection_own_name(c->collection, i));
        if (folder.n > 0)
            rc = add_class(c, folder);
    }
    sort_classes(c);
    return rc;
}

/* Folders without a sample take a label too; the first of them is kept in mind. */
static int gather_empty(struct classing *c, const uint64_t *folders, uint64_t n_folders)
{
    struct sq_collection *collection = c->collection;
    const char *first = sq_collection_own_name(collection, 0);
    const size_t n_filled = c->n;
    int rc = SQ_OK;
    for (uint64_t i = 0; rc == SQ_OK && i < n_folders; i++) {
        const char *name = collection->names.text + folders[i];
        const bool is_there = strncmp(name, first, c->n_shared) == 0 && name[c->n_shared] != '\0';
        const struct class_folder folder = {name + c->n_shared,
                                            is_there ? strlen(name) - c->n_shared : 0};
        if (!is_there || strchr(folder.name, '/') != NULL ||
            bsearch(&folder, c->folder, n_filled, sizeof folder, by_name) != NULL)
            continue;
        rc = add_class(c, folder);
        if (collection->empty_folder == NULL)
            collection->empty_folder = sq_arena_strdup(&collection->arena, name);
    }
    sort_classes(c);
    return rc;
}

/* Give labels, and leave out what has none. */
static int label_samples(struct classing *c)
{
    struct sq_collection *collection = c->collection;
    uint64_t n = 0;
    int rc = SQ_OK;
    for (uint64_t i = 0; rc == SQ_OK && i < collection->n; i++) {
        const char *name = sq_collection_own_name(collection, i);
        const struct class_folder folder = class_of(c, name),
                                  *found =
                                      bsearch(&folder, c->folder, c->n, sizeof folder, by_name);
        if (found == NULL) {
            rc = sq_collection_pass_over(c->err, collection, name);
            continue;
        }
        collection->item[n] = collection->item[i];
        collection->item[n].label = (int32_t)(found - c->folder);
        collection->member[n++] = collection->member[i];
    }
    const bool leaves_out = n < collection->n;
    if (rc == SQ_OK)
        collection->n = n;
    return rc == SQ_OK && leaves_out ? sq_collection_warn_beside(c->err, collection) : rc;
}

int sq_collection_classify(struct sq_error *err, struct sq_collection *collection,
                           const uint64_t *folders, uint64_t n_folders)
{
    struct classing c = {.err = err, .collection = collection};
    if (collection->n == 0)
        return SQ_OK;
    c.n_shared = shared_bytes(collection);
    int rc = gather_classes(&c);
    const bool has_classes = rc == SQ_OK && c.n > 0;
    if (has_classes)
        rc = gather_empty(&c, folders, n_folders);
    if (rc == SQ_OK && has_classes)
        rc = label_samples(&c);
    if (rc == SQ_OK)
        collection->n_classes = c.n;
    free(c.folder);
    return rc == SQ_OK ? sq_collection_warn_empty(err, collection) : rc;
}
