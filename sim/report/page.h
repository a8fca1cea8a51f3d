/* Pages: text that the library hands out, written like a file. */
#ifndef SQ_PAGE_H
#define SQ_PAGE_H

#include "kernels/base/status.h"

#include <cJSON.h>
#include <stdio.h>

/* Text that grows; after a failed allocation `text` is NULL and stays so. */
struct sq_page {
    FILE *stream;
    char *text;
    size_t size;
};

/* SQ_ENOMEM: then there is nothing to close. */
int sq_page_open(struct sq_error *err, struct sq_page *page);

/* *text is the caller's, by free(). SQ_ENOMEM: nothing is left. */
int sq_page_close(struct sq_error *err, struct sq_page *page, char **text);

/* The page of a JSON value, which is deleted (NULL: out of memory while it was made). */
int sq_page_json(struct sq_error *err, cJSON *root, char **text);

#endif
