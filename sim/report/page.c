#include "sim/report/page.h"

#include <stdlib.h>

static int out_of_memory(struct sq_error *err)
{
    return sq_fail(err, SQ_ENOMEM, "out of memory for the description");
}

int sq_page_open(struct sq_error *err, struct sq_page *page)
{
    page->text = NULL;
    page->stream = open_memstream(&page->text, &page->size);
    return page->stream != NULL ? SQ_OK : out_of_memory(err);
}

int sq_page_close(struct sq_error *err, struct sq_page *page, char **text)
{
    if (fclose(page->stream) != 0 || page->text == NULL) {
        free(page->text);
        return out_of_memory(err);
    }
    *text = page->text;
    return SQ_OK;
}

int sq_page_json(struct sq_error *err, cJSON *root, char **text)
{
    char *printed = root != NULL ? cJSON_Print(root) : NULL;
    struct sq_page page;
    cJSON_Delete(root);
    int status = printed != NULL ? sq_page_open(err, &page) : out_of_memory(err);
    if (status == SQ_OK) {
        fprintf(page.stream, "%s\n", printed);
        status = sq_page_close(err, &page, text);
    }
    cJSON_free(printed);
    return status;
}
