/* Pages: text for the caller of the library, written like a file. */
#ifndef SQ_PAGE_H
#define SQ_PAGE_H

#include "kernels/base/status.h"
#include "kernels/base/text.h"
#include "sim/json/json.h"

#include <stdio.h>

/* Text that grows behind a stream; it must not move until it is closed. */
struct sq_page {
    FILE *stream;
    struct sq_text text;
};

/* SQ_ENOMEM: then there is nothing to close. sq_text_fail(&page->text) marks a page that cannot be
 * whole. */
int sq_page_open(struct sq_error *err, struct sq_page *page);

/* *text is the caller's, by free(). SQ_ENOMEM: nothing is left. */
int sq_page_close(struct sq_error *err, struct sq_page *page, char **text);

/* The page of a JSON value, which is deleted. SQ_ENOMEM, also where it is not whole
 * (sim/json/json.h). */
int sq_page_json(struct sq_error *err, cJSON *root, char **text);

#endif
