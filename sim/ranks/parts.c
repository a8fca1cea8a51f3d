#include "sim/ranks/parts.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char infix[] = ".rank-";

/* What a part that is being made, and SQLite, keep beside it: all goes with the part. */
static const char *const beside[] = {"",     "-journal", "-wal",
                                     "-shm", ".partial", ".partial-journal"};

char *sq_part_path(const char *whole, unsigned rank)
{
    const size_t size = strlen(whole) + sizeof infix + 12;
    char *path = malloc(size);
    if (path != NULL)
        snprintf(path, size, "%s%s%u", whole, infix, rank);
    return path;
}

/* "trace.db.rank-12" of "trace.db": 1 and 12, and in *rest what follows. */
static int begins_part(const char *name, const char *whole, unsigned *rank, const char **rest)
{
    const size_t n = strlen(whole);
    if (strncmp(name, whole, n) != 0 || strncmp(name + n, infix, sizeof infix - 1) != 0)
        return 0;
    const char *digits = name + n + sizeof infix - 1;
    const size_t length = strspn(digits, "0123456789");
    *rest = digits + length;
    *rank = length > 0 && length < 8 ? (unsigned)strtoul(digits, NULL, 10) : 0;
    return length > 0 && length < 8 && (digits[0] != '0' || length == 1);
}

/* Is it a part, or what belongs to one? */
static int goes_with_parts(const char *name, const char *whole)
{
    const char *rest;
    unsigned rank;
    if (!begins_part(name, whole, &rank, &rest))
        return 0;
    for (size_t i = 0; i < sizeof beside / sizeof beside[0]; i++)
        if (strcmp(rest, beside[i]) == 0)
            return 1;
    return 0;
}

static int add(struct sq_error *err, struct sq_parts *parts, unsigned rank)
{
    if (parts->n == parts->room) {
        const size_t room = parts->room * 2 + 16;
        unsigned *grown = realloc(parts->rank, room * sizeof *grown);
        if (grown == NULL)
            return sq_fail(err, SQ_ENOMEM, "out of memory for the parts of a trace");
        parts->rank = grown;
        parts->room = room;
    }
    parts->rank[parts->n++] = rank;
    return SQ_OK;
}

static int compare(const void *a, const void *b)
{
    const unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;
    return (x > y) - (x < y);
}

/* Where the parts of a trace lie: its folder, freed by the caller, and its name there. SQ_ENOMEM. */
static int place_of(struct sq_error *err, const char *whole, char **folder, const char **name)
{
    const char *slash = strrchr(whole, '/');
    *name = slash != NULL ? slash + 1 : whole;
    *folder = strdup(slash != NULL ? whole : ".");
    if (*folder == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", whole);
    if (slash != NULL)
        (*folder)[slash == whole ? 1 : slash - whole] = '\0';
    return SQ_OK;
}

static int list(struct sq_error *err, DIR *dir, const char *name, struct sq_parts *parts)
{
    const struct dirent *entry;
    int status = SQ_OK;
    while (status == SQ_OK && (entry = readdir(dir)) != NULL) {
        unsigned rank;
        const char *rest;
        if (begins_part(entry->d_name, name, &rank, &rest) && rest[0] == '\0')
            status = add(err, parts, rank);
    }
    if (parts->n > 1)
        qsort(parts->rank, parts->n, sizeof *parts->rank, compare);
    return status;
}

static int sweep(struct sq_error *err, const char *folder, DIR *dir, const char *name)
{
    const struct dirent *entry;
    int status = SQ_OK;
    while (status == SQ_OK && (entry = readdir(dir)) != NULL)
        if (goes_with_parts(entry->d_name, name) && unlinkat(dirfd(dir), entry->d_name, 0) != 0 &&
            errno != ENOENT)
            status = sq_fail(err, SQ_EIO, "%s/%s: cannot be removed: %s", folder, entry->d_name,
                             strerror(errno));
    return status;
}

/* With `parts` they are listed, else removed. */
static int look(struct sq_error *err, const char *whole, struct sq_parts *parts)
{
    char *folder;
    const char *name;
    int status = place_of(err, whole, &folder, &name);
    if (status != SQ_OK)
        return status;
    DIR *dir = opendir(folder);
    if (dir == NULL)
        status = sq_fail(err, SQ_EIO, "%s: cannot be listed: %s", folder, strerror(errno));
    else
        status = parts != NULL ? list(err, dir, name, parts) : sweep(err, folder, dir, name);
    if (dir != NULL)
        closedir(dir);
    free(folder);
    return status;
}

int sq_parts_find(struct sq_error *err, const char *whole, struct sq_parts *parts)
{
    *parts = (struct sq_parts){.n = 0};
    return look(err, whole, parts);
}

void sq_parts_free(struct sq_parts *parts)
{
    free(parts->rank);
    *parts = (struct sq_parts){.n = 0};
}

int sq_parts_remove(struct sq_error *err, const char *whole)
{
    return look(err, whole, NULL);
}
