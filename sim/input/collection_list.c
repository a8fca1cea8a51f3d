#include "sim/input/collection.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The label behind the last TAB or blank, cut off; -1: there is none. */
static int32_t take_label(char *line)
{
    char *end, *label = strrchr(line, strchr(line, '\t') != NULL ? '\t' : ' ');
    if (label == NULL || label[1] < '0' || label[1] > '9')
        return -1;
    errno = 0;
    const unsigned long number = strtoul(label + 1, &end, 10);
    if (*end != '\0' || errno != 0 || number > INT32_MAX)
        return -1;
    *label = '\0';
    return (int32_t)number;
}

static int add_line(struct sq_error *err, struct sq_collection *collection, char *line)
{
    char path[8192];
    const char *slash = strrchr(collection->path, '/');
    const int32_t label = take_label(line);
    const int folder = line[0] == '/' || slash == NULL ? 0 : (int)(slash - collection->path) + 1;
    if ((size_t)snprintf(path, sizeof path, "%.*s%s", folder, collection->path, line) >=
        sizeof path)
        return sq_fail(err, SQ_EIO, "%s: a path of more than %zu bytes", collection->path,
                       sizeof path);
    return sq_collection_add(err, collection, path, label);
}

int sq_collection_add_list(struct sq_error *err, struct sq_collection *collection)
{
    FILE *file = fopen(collection->path, "r");
    char *line = NULL;
    size_t room = 0;
    int rc = SQ_OK;
    if (file == NULL)
        return sq_fail(err, SQ_EIO, "%s: cannot be opened: %s", collection->path, strerror(errno));
    while (rc == SQ_OK && getline(&line, &room, file) >= 0) {
        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] != '\0' && line[0] != '#')
            rc = add_line(err, collection, line);
    }
    if (rc == SQ_OK && ferror(file))
        rc = sq_fail(err, SQ_EIO, "%s: cannot be read: %s", collection->path, strerror(errno));
    free(line);
    fclose(file);
    return rc;
}
