#include "sim/merge/report_text.h"

#include "traces/files/whole_file.h"

#include <stdlib.h>
#include <string.h>

static const size_t MAX_BYTES = (size_t)1 << 28;

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
    const char *format = cJSON_GetStringValue(sq_report_text_member(report, "format"));
    if (format == NULL || strcmp(format, "spikeq report") != 0)
        return sq_fail(err, SQ_EFORMAT,
                       "%s: is neither a trace nor a report of spikeq run; give shards of one kind",
                       path);
    return SQ_OK;
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

/* The member's text: between its colon and the comma or brace behind it. The report is valid JSON. */
static const char *find(const struct sq_report_text *report, const char *key, size_t *n)
{
    const char *end = report->text + report->size;
    const char *at = skip(report->text, end, " \t\r\n{");
    while (at < end && *at == '"') {
        const char *after;
        cJSON *name = sq_json_parse(at, (size_t)(end - at), &after, NULL);
        const char *value = skip(after, end, " \t\r\n:");
        const int is_it = name != NULL && strcmp(name->valuestring, key) == 0;
        cJSON_Delete(name);
        cJSON_Delete(sq_json_parse(value, (size_t)(end - value), &after, NULL));
        *n = (size_t)(after - value);
        if (is_it)
            return value;
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
