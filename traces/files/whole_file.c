#include "traces/files/whole_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FIRST_BYTES = 1 << 13 };

bool sq_file_is_regular(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

size_t sq_file_head(const char *path, void *head, size_t room)
{
    FILE *file = sq_file_is_regular(path) ? fopen(path, "rb") : NULL;
    const size_t n = file != NULL ? fread(head, 1, room, file) : 0;
    if (file != NULL)
        fclose(file);
    return n;
}

FILE *sq_file_of_bytes(unsigned char *bytes, size_t n)
{
    return fmemopen(bytes, n, "rb");
}

/* All that is left of `file`, somewhat past the limit at most. Reads rather than asks for the size:
 * it may be a pipe. *text grows, and is the caller's also after a failure. */
static int read_all(struct sq_error *err, const char *path, FILE *file, size_t most, char **text,
                    size_t *size)
{
    for (size_t room = FIRST_BYTES; *size <= most; room *= 2) {
        char *grown = realloc(*text, room);
        if (grown == NULL)
            return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
        *text = grown;
        *size += fread(*text + *size, 1, room - 1 - *size, file);
        (*text)[*size] = '\0';
        if (*size < room - 1)
            break;
    }
    return ferror(file) ? sq_fail(err, SQ_EIO, "%s: cannot be read: %s", path, strerror(errno))
                        : SQ_OK;
}

int sq_file_read(struct sq_error *err, const char *path, size_t most, const char *too_large,
                 char **text, size_t *size)
{
    FILE *file = fopen(path, "rb");
    *text = NULL;
    *size = 0;
    if (file == NULL)
        return sq_fail(err, errno == ENOMEM ? SQ_ENOMEM : SQ_EIO, "%s: cannot be opened: %s", path,
                       strerror(errno));
    int rc = read_all(err, path, file, most, text, size);
    fclose(file);
    if (rc == SQ_OK && *size > most)
        rc = sq_fail(err, SQ_EFORMAT, "%s: %s", path, too_large);
    if (rc != SQ_OK) {
        free(*text);
        *text = NULL;
    }
    return rc;
}
