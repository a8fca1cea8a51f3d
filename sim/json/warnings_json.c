#include "sim/json/warnings_json.h"

#include "sim/json/json.h"

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

/* One item of a list; 0: not a warning. */
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
