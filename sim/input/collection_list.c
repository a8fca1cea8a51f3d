#include "sim/events/text_line.h"
#include "sim/input/collection_sources.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_PATH = 8192 };

/* The last TAB, or without one the last blank, which stands before the label; or NULL. */
static char *label_of(char *line)
{
    return strrchr(line, strchr(line, '\t') != NULL ? '\t' : ' ');
}

/* The label, cut off; -1: there is none. */
static int32_t take_label(char *line)
{
    char *end, *label = label_of(line);
    if (label == NULL || label[1] < '0' || label[1] > '9')
        return -1;
    errno = 0;
    const unsigned long number = strtoul(label + 1, &end, 10);
    if (*end != '\0' || errno != 0 || number > INT32_MAX)
        return -1;
    *label = '\0';
    return (int32_t)number;
}

/* The file that a line of the list names, from the list's folder on; 0: the name is too long. */
static int file_of(char *path, size_t size, const char *list, const char *name)
{
    const char *slash = strrchr(list, '/');
    const int folder = name[0] == '/' || slash == NULL ? 0 : (int)(slash - list) + 1;
    return (size_t)snprintf(path, size, "%.*s%s", folder, list, name) < size;
}

static bool is_there(const char *list, const char *name)
{
    char path[MAX_PATH];
    struct stat status;
    return file_of(path, sizeof path, list, name) && stat(path, &status) == 0 &&
           S_ISREG(status.st_mode);
}

bool sq_collection_is_list(const char *path, const unsigned char *head, size_t n)
{
    char first[MAX_PATH / 2];
    size_t line;
    while (sq_text_begins(head, n, "#") && sq_text_line(head, n, &line)) {
        head += line;
        n -= line;
    }
    if (!sq_text_line(head, n, &line))
        return false;
    sq_text_copy(first, sizeof first, head, sq_text_trim(head, line));
    if (is_there(path, first))
        return true;
    char *label = label_of(first);
    if (label == NULL)
        return false;
    *label = '\0';
    return is_there(path, first);
}

static int add_line(struct sq_error *err, struct sq_collection *collection, char *line)
{
    char path[MAX_PATH];
    const int32_t label = take_label(line);
    if (!file_of(path, sizeof path, collection->path, line))
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
