#include "sim/merge/report_text.h"

#include "traces/files/whole_file.h"

#include <stdlib.h>
#include <string.h>

static const size_t MAX_BYTES = (size_t)1 << 28;

/* What every report has; their content is compared. */
static int check_members(struct sq_error *err, const struct sq_report_text *report)
{
    static const char *const key[] = {"version", "spikeq", "arith", "graph",
                                      "model",   "config", "input"};
    enum { OBJECTS_FROM = 3 };
    for (size_t i = 0; i < sizeof key / sizeof key[0]; i++) {
        const cJSON *item = sq_report_text_member(report, key[i]);
        if (item == NULL || (i >= OBJECTS_FROM && !cJSON_IsObject(item)))
            return sq_fail(err, SQ_EFORMAT, "%s: lacks %s, which every report of spikeq run has",
                           report->path, key[i]);
    }
    return SQ_OK;
}

int sq_report_text_read(struct sq_error *err, const char *path, struct sq_report_text *report)
{
    int no_memory = 0;
    *report = (struct sq_report_text){.path = path};
    const int status =
        sq_file_read(err, path, MAX_BYTES, "larger than 256 MiB", &report->text, &report->size);
    if (status != SQ_OK)
        return status;
    report->root = sq_json_parse(report->text, report->size, NULL, &no_memory);
    if (no_memory)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    if (report->root == NULL)
        return sq_fail(err, SQ_EFORMAT,
                       "%s: is neither a trace nor JSON; give traces, or reports, of spikeq run",
                       path);
    const char *format = cJSON_GetStringValue(sq_report_text_member(report, "format"));
    if (format == NULL || strcmp(format, "spikeq report") != 0)
        return sq_fail(err, SQ_EFORMAT,
                       "%s: is neither a trace nor a report of spikeq run; give shards of one kind",
                       path);
    return check_members(err, report);
}

const cJSON *sq_report_text_member(const struct sq_report_text *report, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(report->root, key);
}

static const char *skip(const char *at, const char *end, const char *letters)
{
    while (at < end && strchr(letters, *at) != NULL && *at != '\0')
        at++;
    return at;
}

/* The member's text: between its colon and the comma or brace behind it. The report is valid JSON; NULL: memory
 * ran out, which leaves a value unread. */
static const char *find(const struct sq_report_text *report, const char *key, size_t *n)
{
    const char *end = report->text + report->size;
    const char *at = skip(report->text, end, " \t\r\n{");
    while (at < end && *at == '"') {
        const char *after;
        cJSON *name = sq_json_parse(at, (size_t)(end - at), &after, NULL);
        const char *value = skip(after, end, " \t\r\n:");
        cJSON *parsed = sq_json_parse(value, (size_t)(end - value), &after, NULL);
        const int is_whole = name != NULL && parsed != NULL;
        const int is_it = is_whole && strcmp(name->valuestring, key) == 0;
        cJSON_Delete(name);
        cJSON_Delete(parsed);
        *n = (size_t)(after - value);
        if (is_it || !is_whole)
            return is_it ? value : NULL;
        at = skip(after, end, " \t\r\n,");
    }
    return NULL;
}

void sq_report_text_copy(cJSON *to, const char *key, const struct sq_report_text *report)
{
    size_t n = 0;
    const char *text = find(report, key, &n);
    char *copy = text != NULL ? strndup(text, n) : NULL;
    if (copy != NULL)
        sq_json_add_raw(to, key, copy);
    else
        sq_json_fail(to);
    free(copy);
}

void sq_report_text_free(struct sq_report_text *report)
{
    cJSON_Delete(report->root);
    free(report->text);
}
