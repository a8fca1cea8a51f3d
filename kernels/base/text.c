#define _GNU_SOURCE /* fopencookie(): a stream whose write function says that it failed */
#include "kernels/base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

enum { FIRST_ROOM = 1024 };

/* Room for n more bytes and a NUL; 0: out of memory. */
static int make_room(struct sq_text *text, size_t n)
{
    size_t room = text->room > 0 ? text->room : FIRST_ROOM;
    while (room - text->size <= n && room <= SIZE_MAX / 4)
        room *= 2;
    if (room == text->room)
        return 1;
    char *grown = room - text->size > n ? realloc(text->bytes, room) : NULL;
    if (grown == NULL)
        return 0;
    text->bytes = grown;
    text->room = room;
    return 1;
}

/* Of fopencookie(): the number of bytes taken; 0 is an error, which it is from the first on. */
static ssize_t take(void *cookie, const char *bytes, size_t n)
{
    struct sq_text *text = cookie;
    if (text->failed || !make_room(text, n)) {
        text->failed = 1;
        errno = ENOMEM;
        return 0;
    }
    memcpy(text->bytes + text->size, bytes, n);
    text->size += n;
    return (ssize_t)n;
}

FILE *sq_text_open(struct sq_text *text)
{
    *text = (struct sq_text){0};
    text->to = fopencookie(text, "w", (cookie_io_functions_t){.write = take});
    return text->to;
}

void sq_text_fail(struct sq_text *text)
{
    text->failed = 1;
}

char *sq_text_close(struct sq_text *text, size_t *size)
{
    if (ferror(text->to))
        text->failed = 1;
    if (fclose(text->to) != 0 || text->failed || !make_room(text, 0)) {
        free(text->bytes);
        return NULL;
    }
    text->bytes[text->size] = '\0';
    if (size != NULL)
        *size = text->size;
    return text->bytes;
}
