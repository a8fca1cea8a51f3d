#include "sim/analysis/write/analysis_read.h"

#include "sim/json/json.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

int sq_analysis_parse(struct sq_error *err, const char *json, cJSON **root)
{
    int no_memory;
    *root = sq_json_parse(json, strlen(json), NULL, &no_memory);
    if (no_memory)
        return sq_fail(err, SQ_ENOMEM, "out of memory for the analysis");
    if (strcmp(sq_text_at(*root, "format"), "spikeq analysis") == 0 &&
        cJSON_IsArray(sq_at(*root, "traces")))
        return SQ_OK;
    cJSON_Delete(*root);
    return sq_fail(err, SQ_EFORMAT, "the text is not a spikeq analysis");
}

const cJSON *sq_at(const cJSON *object, const char *path)
{
    while (object != NULL && *path != '\0') {
        char key[64];
        const size_t n = strcspn(path, "/");
        snprintf(key, sizeof key, "%.*s", (int)n, path);
        object = cJSON_GetObjectItemCaseSensitive(object, key);
        path += n + (path[n] == '/');
    }
    return object;
}

const cJSON *sq_first(const cJSON *object, const char *path)
{
    const cJSON *list = sq_at(object, path);
    return list != NULL ? list->child : NULL;
}

double sq_number_at(const cJSON *object, const char *path)
{
    const cJSON *item = sq_at(object, path);
    return cJSON_IsNumber(item) ? item->valuedouble : NAN;
}

const char *sq_text_at(const cJSON *object, const char *path)
{
    const cJSON *item = sq_at(object, path);
    return cJSON_IsString(item) ? item->valuestring : "";
}

const char *sq_class_name(const cJSON *class_names, double number)
{
    const cJSON *item =
        number >= 0 && number < INT_MAX ? cJSON_GetArrayItem(class_names, (int)number) : NULL;
    return item != NULL && cJSON_IsString(item) ? item->valuestring : "";
}

const cJSON *sq_other(const cJSON *root, const cJSON *comparison)
{
    const cJSON *other = sq_at(comparison, "other");
    return cJSON_IsNumber(other) ? cJSON_GetArrayItem(sq_at(root, "traces"), other->valueint)
                                 : NULL;
}
