#include "sim/json/page.h"

#include "sim/json/json.h"

#include <stdlib.h>

static int out_of_memory(struct sq_error *err)
{
    return sq_fail(err, SQ_ENOMEM, "out of memory for the description");
}

int sq_page_open(struct sq_error *err, struct sq_page *page)
{
    page->stream = sq_text_open(&page->text);
    return page->stream != NULL ? SQ_OK : out_of_memory(err);
}

int sq_page_close(struct sq_error *err, struct sq_page *page, char **text)
{
    *text = sq_text_close(&page->text, NULL);
    return *text != NULL ? SQ_OK : out_of_memory(err);
}

int sq_page_json(struct sq_error *err, cJSON *root, char **text)
{
    char *printed = sq_json_print(root);
    struct sq_page page;
    cJSON_Delete(root);
    int status = printed != NULL ? sq_page_open(err, &page) : out_of_memory(err);
    if (status == SQ_OK) {
        fprintf(page.stream, "%s\n", printed);
        status = sq_page_close(err, &page, text);
    }
    free(printed);
    return status;
}
