/* Folders: class folders, as torchvision's ImageFolder takes them, or files alone. The names of a
 * folder are read once, into the collection's own list, and sorted by their places in it. */
#define _GNU_SOURCE /* qsort_r(), d_type */

#include "sim/input/collection_classes.h"
#include "sim/input/collection_names.h"
#include "sim/input/collection_sources.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_DEPTH = 16, MAX_PATH = 4096 };

/* What stands in front of each name of a listing. */
enum { A_FILE = 'f', A_FOLDER = 'd', SPECIAL = 's' /* a pipe or a device */ };

/* A folder's entries, in the order of their names. */
struct listing {
    struct sq_error *err;
    struct sq_collection *collection;
    char path[MAX_PATH]; /* "FOLDER/", and during add_...() that of an entry */
    size_t n_path;
    uint64_t first; /* place of the first name */
    uint32_t *at;   /* [n] places from there on, of the kinds in front of the names */
    size_t n, room;
};

/* The kind in front of entry i and its name; until the next name is kept. */
static const char *entry_of(const struct listing *l, size_t i)
{
    return l->collection->names.text + l->first + l->at[i];
}

/* The path of an entry, in l->path. */
static int path_of(struct listing *l, const char *name)
{
    const size_t room = sizeof l->path - l->n_path;
    if ((size_t)snprintf(l->path + l->n_path, room, "%s", name) < room)
        return SQ_OK;
    l->path[l->n_path] = '\0';
    return sq_fail(l->err, SQ_EIO, "%s: a path of more than %zu bytes", l->path, sizeof l->path);
}

/* Only where the folder does not say it, a link for example. What is not there will be missed when
 * it is read. */
static int kind_by_status(struct listing *l, const char *name, char *kind)
{
    struct stat status;
    const int rc = path_of(l, name);
    *kind = A_FILE;
    if (rc == SQ_OK && stat(l->path, &status) == 0 && !S_ISREG(status.st_mode))
        *kind = S_ISDIR(status.st_mode) ? A_FOLDER : SPECIAL;
    return rc;
}

static int find_kind(struct listing *l, const struct dirent *entry, char *kind)
{
    if (entry->d_type == DT_UNKNOWN || entry->d_type == DT_LNK)
        return kind_by_status(l, entry->d_name, kind);
    *kind = entry->d_type == DT_REG ? A_FILE : entry->d_type == DT_DIR ? A_FOLDER : SPECIAL;
    return SQ_OK;
}

static int keep_entry(struct listing *l, const struct dirent *entry)
{
    char text[sizeof entry->d_name + 1];
    uint64_t at = 0;
    int rc = find_kind(l, entry, text);
    if (rc == SQ_OK && l->n == l->room) {
        l->room = 2 * l->room + 64;
        uint32_t *places = realloc(l->at, l->room * sizeof *places);
        if (places == NULL)
            return sq_fail(l->err, SQ_ENOMEM, "%s: out of memory for its list",
                           l->collection->path);
        l->at = places;
    }
    const int n = snprintf(text + 1, sizeof text - 1, "%s", entry->d_name);
    if (rc == SQ_OK)
        rc = sq_collection_keep_name(l->err, l->collection, text, (size_t)n + 1, &at);
    if (rc == SQ_OK && at - l->first > UINT32_MAX)
        rc = sq_fail(l->err, SQ_EUNSUPPORTED, "%.*s: a folder with names of more than 4 GiB",
                     (int)l->n_path, l->path);
    if (rc == SQ_OK)
        l->at[l->n++] = (uint32_t)(at - l->first);
    return rc;
}

static int read_entries(struct listing *l, DIR *folder)
{
    const struct dirent *entry;
    int rc = SQ_OK;
    errno = 0;
    while (rc == SQ_OK && (entry = readdir(folder)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            rc = keep_entry(l, entry);
        errno = 0;
    }
    if (rc == SQ_OK && errno != 0)
        rc = sq_fail(l->err, SQ_EIO, "%.*s: cannot be listed: %s", (int)l->n_path, l->path,
                     strerror(errno));
    return rc;
}

/* By bytes, whatever the locale, so that labels are the same everywhere. */
static int by_bytes(const void *a, const void *b, void *names)
{
    const char *text = names;
    return strcmp(text + *(const uint32_t *)a + 1, text + *(const uint32_t *)b + 1);
}

static int list_folder(struct sq_error *err, struct sq_collection *collection, const char *path,
                       struct listing *l)
{
    *l = (struct listing){.err = err, .collection = collection, .first = collection->names.n};
    DIR *folder = opendir(path);
    if (folder == NULL)
        return sq_fail(err, SQ_EIO, "%s: cannot be listed: %s", path, strerror(errno));
    int rc = path_of(l, path);
    l->n_path = strlen(l->path);
    if (rc == SQ_OK)
        rc = path_of(l, "/");
    l->n_path += rc == SQ_OK;
    if (rc == SQ_OK)
        rc = read_entries(l, folder);
    closedir(folder);
    if (rc == SQ_OK && l->n > 0)
        qsort_r(l->at, l->n, sizeof *l->at, by_bytes, collection->names.text + l->first);
    return rc;
}

/* Samples of the listing stand in this folder. */
static int name_folder(struct listing *l, uint32_t *folder)
{
    l->path[l->n_path] = '\0';
    return sq_collection_add_folder_name(l->err, l->collection, l->path, folder);
}

/* Entry i, a file. */
static int add_file(struct listing *l, size_t i, uint32_t folder, int32_t label)
{
    struct sq_collection *collection = l->collection;
    const char *name = entry_of(l, i) + 1;
    const int rc = path_of(l, name);
    if (rc != SQ_OK)
        return rc;
    if (sq_collection_is_sample(collection->kind, l->path, name))
        return sq_collection_add_kept(l->err, collection, folder, l->first + l->at[i] + 1, label);
    if (collection->no_sample == NULL && !sq_collection_is_left_behind(name))
        collection->no_sample = sq_arena_strdup(&collection->arena, l->path);
    return sq_collection_pass_over(l->err, collection, name);
}

/* Is entry i neither a file nor a folder that may hold samples? */
static bool is_passed_over(const struct listing *l, size_t i)
{
    const char *entry = entry_of(l, i);
    return entry[0] == SPECIAL || (entry[0] == A_FOLDER && sq_collection_is_left_behind(entry + 1));
}

/* All files in a folder and in those in it, with one label. */
static int add_tree(struct sq_error *err, struct sq_collection *collection, const char *path,
                    int32_t label, int depth)
{
    struct listing l;
    uint32_t folder = 0;
    int rc = list_folder(err, collection, path, &l);
    if (rc == SQ_OK && depth == MAX_DEPTH)
        rc = sq_fail(err, SQ_EFORMAT, "%s: folders more than %d deep", path, MAX_DEPTH);
    if (rc == SQ_OK)
        rc = name_folder(&l, &folder);
    for (size_t i = 0; rc == SQ_OK && i < l.n; i++) {
        const char *entry = entry_of(&l, i);
        if (is_passed_over(&l, i))
            rc = sq_collection_pass_over(err, collection, entry + 1);
        else if (entry[0] == A_FILE)
            rc = add_file(&l, i, folder, label);
        else if ((rc = path_of(&l, entry + 1)) == SQ_OK)
            rc = add_tree(err, collection, l.path, label, depth + 1);
    }
    free(l.at);
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

static int add_classes(struct listing *l)
{
    int rc = SQ_OK;
    for (size_t i = 0; rc == SQ_OK && i < l->n; i++) {
        const char *entry = entry_of(l, i);
        if (entry[0] != A_FOLDER || sq_collection_is_left_behind(entry + 1))
            continue;
        rc = path_of(l, entry + 1);
        if (rc == SQ_OK)
            rc = add_class(l->err, l->collection, l->path);
    }
    return rc;
}

/* Files next to class folders have no class. */
static int pass_over_beside(struct listing *l, const char *name)
{
    struct sq_collection *collection = l->collection;
    int rc = path_of(l, name);
    const bool is_lost = rc == SQ_OK && collection->kind == SQ_COLLECT_IMAGES &&
                         sq_collection_is_sample(collection->kind, l->path, name);
    if (rc == SQ_OK)
        rc = sq_collection_pass_over(l->err, collection, name);
    return rc == SQ_OK && is_lost ? sq_collection_warn_beside(l->err, collection) : rc;
}

/* What does not lie in class folders. */
static int add_files(struct listing *l)
{
    struct sq_collection *collection = l->collection;
    uint32_t folder = 0;
    int rc = name_folder(l, &folder);
    for (size_t i = 0; rc == SQ_OK && i < l->n; i++) {
        const char *entry = entry_of(l, i);
        if (is_passed_over(l, i))
            rc = sq_collection_pass_over(l->err, collection, entry + 1);
        else if (entry[0] == A_FILE)
            rc = collection->n_classes == 0 ? add_file(l, i, folder, -1)
                                            : pass_over_beside(l, entry + 1);
    }
    return rc;
}

/* Where frames are wanted and no file claims to be one, reading the first reports what is wanted. */
static int add_no_sample(struct sq_error *err, struct sq_collection *collection)
{
    uint32_t folder = 0;
    const int rc = sq_collection_add_folder_name(err, collection, "", &folder);
    return rc == SQ_OK ? sq_collection_add(err, collection, folder, collection->no_sample, -1) : rc;
}

/* Class folders, numbered; without any, the files. */
int sq_collection_add_folder(struct sq_error *err, struct sq_collection *collection)
{
    struct listing l;
    int rc = list_folder(err, collection, collection->path, &l);
    if (rc == SQ_OK)
        rc = add_classes(&l);
    if (rc == SQ_OK)
        rc = add_files(&l);
    free(l.at);
    if (rc == SQ_OK)
        rc = sq_collection_warn_empty(err, collection);
    if (rc == SQ_OK && collection->kind == SQ_COLLECT_FRAMES && collection->n == 0 &&
        collection->no_sample != NULL)
        rc = add_no_sample(err, collection);
    return rc;
}
