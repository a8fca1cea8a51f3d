#include "sim/input/collection_sources.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_DEPTH = 16 };

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* By bytes, whatever the locale, so that labels are the same everywhere. */
static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int list_folder(struct sq_error *err, const char *path, struct dirent ***entry, int *n)
{
    *entry = NULL;
    *n = scandir(path, entry, is_visible, by_bytes);
    if (*n >= 0)
        return SQ_OK;
    *n = 0;
    return sq_fail(err, SQ_EIO, "%s: cannot be listed: %s", path, strerror(errno));
}

static void free_entries(struct dirent **entry, int n)
{
    for (int i = 0; i < n; i++)
        free(entry[i]);
    free(entry);
}

static bool join(char *out, size_t size, const char *folder, const char *name)
{
    return (size_t)snprintf(out, size, "%s/%s", folder, name) < size;
}

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* All files in a folder and in those in it, with one label. */
static int add_tree(struct sq_error *err, struct sq_collection *collection, const char *folder,
                    int32_t label, int depth)
{
    char path[4096];
    struct dirent **entry;
    int n, rc = list_folder(err, folder, &entry, &n);
    if (rc == SQ_OK && depth == MAX_DEPTH)
        rc = sq_fail(err, SQ_EFORMAT, "%s: folders more than %d deep", folder, MAX_DEPTH);
    for (int i = 0; rc == SQ_OK && i < n; i++) {
        if (!join(path, sizeof path, folder, entry[i]->d_name))
            rc = sq_fail(err, SQ_EIO, "%s: a path of more than %zu bytes", folder, sizeof path);
        else if (is_folder(path))
            rc = add_tree(err, collection, path, label, depth + 1);
        else
            rc = sq_collection_add(err, collection, path, label);
    }
    free_entries(entry, n);
    return rc;
}

/* Class folders, numbered; or, where there is none, the files. */
int sq_collection_add_folder(struct sq_error *err, struct sq_collection *collection)
{
    char path[4096];
    struct dirent **entry;
    int n, rc = list_folder(err, collection->path, &entry, &n);
    for (int i = 0; rc == SQ_OK && i < n; i++)
        if (!join(path, sizeof path, collection->path, entry[i]->d_name))
            rc = sq_fail(err, SQ_EIO, "%s: a path of more than %zu bytes", collection->path,
                         sizeof path);
        else if (is_folder(path))
            rc = add_tree(err, collection, path, (int32_t)collection->n_classes++, 0);
    for (int i = 0; rc == SQ_OK && collection->n_classes == 0 && i < n; i++)
        if (join(path, sizeof path, collection->path, entry[i]->d_name))
            rc = sq_collection_add(err, collection, path, -1);
    free_entries(entry, n);
    return rc;
}
