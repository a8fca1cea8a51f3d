/* Text that grows behind a stdio stream, in memory.
 *
 * open_memstream() of glibc forgets that memory ran out: neither ferror() nor fclose() says that
 * bytes are missing. This stream does, so that text is whole or is not handed out at all. */
#ifndef SQ_BASE_TEXT_H
#define SQ_BASE_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Stays where it is from sq_text_open() to sq_text_close(); its members are private. */
struct sq_text {
    FILE *to;
    char *bytes;
    size_t size, room;
    int failed;
};

/* The stream to write to; NULL: out of memory, and there is nothing to close. */
FILE *sq_text_open(struct sq_text *text);

/* What is written cannot be whole: there was no memory for a part of it. */
void sq_text_fail(struct sq_text *text);

/* Close the stream. The text ends with a NUL, is `*size` bytes long without it (`size` may be NULL)
 * and is freed by the caller with free(). NULL: memory ran out, or sq_text_fail() was called. */
char *sq_text_close(struct sq_text *text, size_t *size);

#endif
