#include "sim/config/config_folders.h"
#include "sim/config/config_keys.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char suffix[] = ".json";

/* FOLDER/KIND/NAME.json, or FOLDER/KIND if name is NULL; NULL: out of memory. */
static char *file_path(const char *folder, const char *kind, const char *name)
{
    const size_t size = strlen(folder) + strlen(kind) + sizeof "//" +
                        (name != NULL ? strlen(name) : 0) + sizeof suffix;
    char *path = malloc(size);
    if (path != NULL)
        snprintf(path, size, "%s/%s%s%s%s", folder, kind, name != NULL ? "/" : "",
                 name != NULL ? name : "", name != NULL ? suffix : "");
    return path;
}

struct entry {
    char *path;
    size_t name_at, name_length; /* the name within the path */
    size_t folder;               /* earlier folders hide later ones */
};

struct entries {
    const char *kind;
    struct entry *entry;
    size_t n, room;
};

static int add_entry(struct entries *all, const char *folder, size_t rank, const char *name,
                     size_t name_length)
{
    if (all->n == all->room) {
        const size_t room = all->room * 2 + 16;
        struct entry *grown = realloc(all->entry, room * sizeof *grown);
        if (grown == NULL)
            return SQ_ENOMEM;
        all->entry = grown;
        all->room = room;
    }
    char *stem = strndup(name, name_length);
    char *path = stem != NULL ? file_path(folder, all->kind, stem) : NULL;
    free(stem);
    if (path == NULL)
        return SQ_ENOMEM;
    all->entry[all->n++] =
        (struct entry){path, strlen(folder) + strlen(all->kind) + 2, name_length, rank};
    return SQ_OK;
}

/* A folder that is not there holds no names. */
static int add_folder(struct entries *all, const char *folder, size_t rank)
{
    char *path = file_path(folder, all->kind, NULL);
    if (path == NULL)
        return SQ_ENOMEM;
    DIR *dir = opendir(path);
    free(path);
    if (dir == NULL)
        return errno == ENOMEM ? SQ_ENOMEM : SQ_OK;
    int rc = SQ_OK;
    const struct dirent *found;
    while (rc == SQ_OK && (found = readdir(dir)) != NULL) {
        const size_t length = strlen(found->d_name), tail = strlen(suffix);
        if (found->d_name[0] != '.' && length > tail &&
            strcmp(found->d_name + length - tail, suffix) == 0)
            rc = add_entry(all, folder, rank, found->d_name, length - tail);
    }
    closedir(dir);
    return rc;
}

static int compare_names(const struct entry *a, const struct entry *b)
{
    return strcmp(a->path + a->name_at, b->path + b->name_at);
}

static int by_name_then_folder(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    const int order = compare_names(x, y);
    return order != 0 ? order : (x->folder > y->folder) - (x->folder < y->folder);
}

static int visit_entry(const struct entry *e, int (*visit)(const char *, const char *, void *),
                       void *data)
{
    char *name = strndup(e->path + e->name_at, e->name_length);
    if (name == NULL)
        return SQ_ENOMEM;
    const int stop = visit(e->path, name, data);
    free(name);
    return stop;
}

int sq_files_each(const char *config_dirs, const char *kind,
                  int (*visit)(const char *path, const char *name, void *data), void *data)
{
    struct entries all = {.kind = kind};
    int rc = SQ_OK;
    size_t rank = 0;
    char folder[SQ_FOLDER_BYTES];
    while (rc == SQ_OK && sq_folder_next(&config_dirs, folder))
        rc = add_folder(&all, folder, rank++);
    if (all.n > 0)
        qsort(all.entry, all.n, sizeof *all.entry, by_name_then_folder);
    for (size_t i = 0; rc == SQ_OK && i < all.n; i++)
        if (i == 0 || compare_names(&all.entry[i - 1], &all.entry[i]) != 0)
            rc = visit_entry(&all.entry[i], visit, data);
    for (size_t i = 0; i < all.n; i++)
        free(all.entry[i].path);
    free(all.entry);
    return rc;
}

int sq_config_each(const char *config_dirs,
                   int (*visit)(const char *path, const char *name, void *data), void *data)
{
    return sq_files_each(config_dirs, "models", visit, data);
}

struct name_list {
    char text[512];
    size_t used;
};

static int list_name(const char *path, const char *name, void *data)
{
    (void)path;
    struct name_list *list = data;
    const size_t room = sizeof list->text - list->used;
    const char *comma = list->used > 0 ? ", " : "";
    if (strlen(comma) + strlen(name) + sizeof ", ..." > room) {
        snprintf(list->text + list->used, room, ", ...");
        return 1;
    }
    list->used += (size_t)snprintf(list->text + list->used, room, "%s%s", comma, name);
    return 0;
}

int sq_files_find(struct sq_error *err, const char *config_dirs, const char *kind, const char *what,
                  const char *name, char **path)
{
    const char *rest = config_dirs;
    char folder[SQ_FOLDER_BYTES];
    while (sq_folder_next(&rest, folder)) {
        char *candidate = file_path(folder, kind, name);
        if (candidate == NULL)
            return sq_fail(err, SQ_ENOMEM, "%s \"%.64s\": out of memory", what, name);
        if (access(candidate, F_OK) == 0) {
            *path = candidate;
            return SQ_OK;
        }
        free(candidate);
    }
    struct name_list known = {.used = 0};
    sq_files_each(config_dirs, kind, list_name, &known);
    return sq_fail(err, SQ_EIO,
                   "no %s is called \"%.64s\" in %s/ of %s; known: %s; a file of "
                   "your own is given as a path with '/' or .json",
                   what, name, kind, config_dirs != NULL ? config_dirs : "(no folder)",
                   known.used > 0 ? known.text : "none");
}

int sq_config_find(struct sq_error *err, const char *config_dirs, const char *name, char **path)
{
    return sq_files_find(err, config_dirs, "models", "configuration", name, path);
}
