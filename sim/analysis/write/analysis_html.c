/* An analysis as one HTML file: the page from the build, with the figures inserted. */
#include "kernels/base/text.h"
#include "sim/analysis/write/analysis_forms.h"
#include "sim/analysis/write/analysis_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* page_data.S; a zero byte follows the end */
extern const char sq_page_html[], sq_page_html_end[];

static const char mark[] = "@analysis@\n";

/* Line separators of JavaScript that are not line ends in JSON: U+2028 and U+2029. */
static int is_separator(const char *at)
{
    return strncmp(at, "\xe2\x80\xa8", 3) == 0 || strncmp(at, "\xe2\x80\xa9", 3) == 0;
}

/* JSON within a script element: no text may end the element or open a comment. Such characters
 * occur only within strings, where an escape means the same. */
static void put_json(FILE *to, const char *json)
{
    for (const char *at = json; *at != '\0'; at++)
        if (*at == '<') {
            fputs("\\u003c", to);
        } else if (is_separator(at)) {
            fprintf(to, "\\u202%c", at[2] == '\xa8' ? '8' : '9');
            at += 2;
        } else {
            fputc(*at, to);
        }
}

static int put_page(struct sq_error *err, const char *json, char **text)
{
    const char *const hole = strstr(sq_page_html, mark), *const rest = hole + strlen(mark);
    struct sq_text page;
    FILE *to = sq_text_open(&page);
    if (to == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for the page");
    fwrite(sq_page_html, 1, (size_t)(hole - sq_page_html), to);
    put_json(to, json);
    fwrite(rest, 1, (size_t)(sq_page_html_end - rest), to);
    *text = sq_text_close(&page, NULL);
    return *text != NULL ? SQ_OK : sq_fail(err, SQ_ENOMEM, "out of memory for the page");
}

int sq_analysis_html(struct sq_error *err, const char *json, char **text)
{
    cJSON *root;
    const int status = sq_analysis_parse(err, json, &root);
    if (status != SQ_OK)
        return status;
    cJSON_Delete(root);
    return put_page(err, json, text);
}
