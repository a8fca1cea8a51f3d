#include "sim/merge/merge.h"
#include "sim/ranks/parts.h"

#include <stdlib.h>

static int merge(struct sq_error *err, const char *whole, char *const *path, size_t n,
                 const char *command, int replace)
{
    struct sq_merged merged;
    const struct sq_merge_request request = {.path = (const char *const *)path,
                                             .n = n,
                                             .out = whole,
                                             .force = replace,
                                             .command = command,
                                             .takes_unfinished = 1};
    return sq_merge_traces(err, &request, &merged);
}

int sq_parts_merge(struct sq_error *err, const char *whole, const struct sq_parts *parts,
                   const char *command, int replace)
{
    char **path = calloc(parts->n + 1, sizeof *path);
    int status = path != NULL ? SQ_OK : sq_fail(err, SQ_ENOMEM, "%s: out of memory", whole);
    for (size_t i = 0; status == SQ_OK && i < parts->n; i++)
        if ((path[i] = sq_part_path(whole, parts->rank[i])) == NULL)
            status = sq_fail(err, SQ_ENOMEM, "%s: out of memory", whole);
    if (status == SQ_OK)
        status = merge(err, whole, path, parts->n, command, replace);
    for (size_t i = 0; path != NULL && i < parts->n; i++)
        free(path[i]);
    free(path);
    return status;
}
