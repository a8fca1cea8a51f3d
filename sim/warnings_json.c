#include "sim/warnings_json.h"

#include "sim/json/json.h"
#include "traces/format/description.h"

#include <stdio.h>
#include <string.h>

cJSON *sq_warnings_to_json(const struct sq_warnings *list)
{
    cJSON *array = cJSON_CreateArray();
    for (unsigned i = 0; i < list->n; i++) {
        cJSON *item = sq_json_append(array, cJSON_CreateObject());
        sq_json_add_text(item, "name", list->item[i].name);
        sq_json_add_text(item, "text", list->item[i].text);
    }
    return array;
}

int sq_warnings_note(struct sq_error *err, const struct sq_warnings *list, char **text)
{
    *text = NULL;
    if (list->n == 0)
        return SQ_OK;
    cJSON *array = sq_warnings_to_json(list);
    *text = sq_json_print_line(array);
    cJSON_Delete(array);
    return *text != NULL ? SQ_OK : sq_fail(err, SQ_ENOMEM, "out of memory for the warnings");
}

/* One item of a list; 0: it is no warning. */
static int take(const cJSON *item, struct sq_warning *warning)
{
    const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "name"));
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "text"));
    if (name == NULL || text == NULL)
        return 0;
    snprintf(warning->name, sizeof warning->name, "%s", name);
    snprintf(warning->text, sizeof warning->text, "%s", text);
    return 1;
}

int sq_warnings_from_json(struct sq_error *err, const char *path, const cJSON *json,
                          struct sq_warnings *list)
{
    struct sq_warnings found = {.n = 0};
    const cJSON *item;
    if (json == NULL)
        return SQ_OK;
    int is_list = cJSON_IsArray(json) && cJSON_GetArraySize(json) <= SQ_MAX_WARNINGS;
    if (is_list)
        cJSON_ArrayForEach(item, json) is_list &= take(item, &found.item[found.n++]);
    if (!is_list)
        return sq_fail(err, SQ_EFORMAT, "%s: warnings is not a list of names and texts", path);
    if (list != NULL)
        sq_warnings_add(list, &found);
    return sq_warnings_repeat(err, &found);
}

int sq_warnings_of_trace(struct sq_error *err, const struct sq_trace *trace,
                         struct sq_warnings *list)
{
    const char *text = sq_trace_meta(trace, SQ_META_WARNINGS);
    if (text == NULL)
        return SQ_OK;
    int no_memory;
    cJSON *json = sq_json_parse(text, strlen(text), NULL, &no_memory);
    if (no_memory)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", sq_trace_path(trace));
    const int status = json != NULL ? sq_warnings_from_json(err, sq_trace_path(trace), json, list)
                                    : sq_fail(err, SQ_EFORMAT, "%s: meta warnings is not JSON",
                                              sq_trace_path(trace));
    cJSON_Delete(json);
    return status;
}
