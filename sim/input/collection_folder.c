/* Folders: class folders, as torchvision's ImageFolder takes them, or files alone. */
#include "sim/input/collection_names.h"
#include "sim/input/collection_sources.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_DEPTH = 16 };

static int is_entry(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

/* By bytes, whatever the locale, so that labels are the same everywhere. */
static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* A folder's entries, and the path of one of them. */
struct listing {
    struct sq_error *err;
    const char *folder;
    struct dirent **entry;
    int n;
    char path[4096];
    bool is_folder, is_special; /* a pipe or a device */
};

static int list_folder(struct sq_error *err, const char *folder, struct listing *l)
{
    *l = (struct listing){.err = err, .folder = folder};
    l->n = scandir(folder, &l->entry, is_entry, by_bytes);
    if (l->n >= 0)
        return SQ_OK;
    l->n = 0;
    return sq_fail(err, SQ_EIO, "%s: cannot be listed: %s", folder, strerror(errno));
}

static void free_listing(struct listing *l)
{
    for (int i = 0; i < l->n; i++)
        free(l->entry[i]);
    free(l->entry);
}

/* Set path and is_folder for entry i. */
static int look_at(struct listing *l, int i)
{
    struct stat status;
    const int n = snprintf(l->path, sizeof l->path, "%s/%s", l->folder, l->entry[i]->d_name);
    if ((size_t)n >= sizeof l->path)
        return sq_fail(l->err, SQ_EIO, "%s: a path of more than %zu bytes", l->folder,
                       sizeof l->path);
    const bool is_there = stat(l->path, &status) == 0;
    l->is_folder = is_there && S_ISDIR(status.st_mode);
    l->is_special = is_there && !l->is_folder && !S_ISREG(status.st_mode);
    return SQ_OK;
}

static int add_file(struct sq_error *err, struct sq_collection *collection, const char *path,
                    const char *name, int32_t label)
{
    if (sq_collection_is_sample(collection->kind, path, name))
        return sq_collection_add(err, collection, path, label);
    if (collection->no_sample == NULL && !sq_collection_is_left_behind(name))
        collection->no_sample = sq_arena_strdup(&collection->arena, path);
    return sq_collection_pass_over(err, collection, name);
}

/* All files in a folder and in those in it, with one label. */
static int add_tree(struct sq_error *err, struct sq_collection *collection, const char *folder,
                    int32_t label, int depth)
{
    struct listing l;
    int rc = list_folder(err, folder, &l);
    if (rc == SQ_OK && depth == MAX_DEPTH)
        rc = sq_fail(err, SQ_EFORMAT, "%s: folders more than %d deep", folder, MAX_DEPTH);
    for (int i = 0; rc == SQ_OK && i < l.n; i++) {
        const char *name = l.entry[i]->d_name;
        rc = look_at(&l, i);
        if (rc == SQ_OK && (l.is_special || (l.is_folder && sq_collection_is_left_behind(name))))
            rc = sq_collection_pass_over(err, collection, name);
        else if (rc == SQ_OK && l.is_folder)
            rc = add_tree(err, collection, l.path, label, depth + 1);
        else if (rc == SQ_OK)
            rc = add_file(err, collection, l.path, name, label);
    }
    free_listing(&l);
    return rc;
}

/* One class folder; the first without a sample is kept in mind. */
static int add_class(struct sq_error *err, struct sq_collection *collection, const char *path)
{
    const uint64_t before = collection->n;
    const int rc = add_tree(err, collection, path, (int32_t)collection->n_classes, 0);
    collection->n_classes++;
    if (rc != SQ_OK || collection->n > before || collection->empty_folder != NULL)
        return rc;
    collection->empty_folder = sq_arena_strdup(&collection->arena, path);
    return collection->empty_folder != NULL
               ? SQ_OK
               : sq_fail(err, SQ_ENOMEM, "%s: out of memory for its list", collection->path);
}

/* ImageFolder refuses a class without images. */
static int judge_empty(struct sq_error *err, const struct sq_collection *collection)
{
    if (collection->empty_folder == NULL || collection->n == 0)
        return SQ_OK;
    return sq_warn(err, "class-folder-empty",
                   "%s: holds no sample but takes a label: later folders are numbered after it",
                   collection->empty_folder);
}

static int add_classes(struct sq_error *err, struct sq_collection *collection, struct listing *l)
{
    int rc = SQ_OK;
    for (int i = 0; rc == SQ_OK && i < l->n; i++) {
        rc = look_at(l, i);
        if (rc == SQ_OK && l->is_folder && !sq_collection_is_left_behind(l->entry[i]->d_name))
            rc = add_class(err, collection, l->path);
    }
    return rc;
}

/* Files next to class folders have no class. */
static int pass_over_beside(struct sq_error *err, struct sq_collection *collection,
                            const char *path, const char *name)
{
    const bool is_lost = collection->kind == SQ_COLLECT_IMAGES &&
                         sq_collection_is_sample(collection->kind, path, name);
    const int rc = sq_collection_pass_over(err, collection, name);
    if (rc != SQ_OK || !is_lost)
        return rc;
    return sq_warn(
        err, "samples-beside-class-folders",
        "%s: holds samples beside its class folders; they have no class and are left out",
        collection->path);
}

/* Class folders, numbered; without any, the files. */
int sq_collection_add_folder(struct sq_error *err, struct sq_collection *collection)
{
    struct listing l;
    int rc = list_folder(err, collection->path, &l);
    if (rc == SQ_OK)
        rc = add_classes(err, collection, &l);
    for (int i = 0; rc == SQ_OK && i < l.n; i++) {
        const char *name = l.entry[i]->d_name;
        rc = look_at(&l, i);
        if (rc == SQ_OK && (l.is_special || (l.is_folder && sq_collection_is_left_behind(name))))
            rc = sq_collection_pass_over(err, collection, name);
        else if (rc == SQ_OK && !l.is_folder)
            rc = collection->n_classes == 0 ? add_file(err, collection, l.path, name, -1)
                                            : pass_over_beside(err, collection, l.path, name);
    }
    free_listing(&l);
    if (rc == SQ_OK)
        rc = judge_empty(err, collection);
    if (rc == SQ_OK && collection->kind == SQ_COLLECT_FRAMES && collection->n == 0 &&
        collection->no_sample != NULL) /* reading it reports what is wanted */
        rc = sq_collection_add(err, collection, collection->no_sample, -1);
    return rc;
}
