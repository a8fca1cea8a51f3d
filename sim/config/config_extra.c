#include "sim/config/config_extra.h"

#include "sim/config/config_folders.h"
#include "sim/config/config_keys.h"
#include "sim/nir/nir.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The architecture that is looked for by another name than its file's. */
struct search {
    const char *name;
    char *path;
    cJSON *json;
};

bool sq_architecture_is_called(const cJSON *architecture, const char *name)
{
    const char *layout =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(architecture, "layout"));
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(architecture, "also"))
    {
        if (cJSON_IsString(item) && strcmp(item->valuestring, name) == 0)
            return true;
    }
    return layout != NULL && strcmp(layout, name) == 0;
}

static int visit(const char *path, const char *name, void *data)
{
    struct search *search = data;
    cJSON *json;
    (void)name;
    const int status = sq_config_parse_file(NULL, path, &json);
    if (status != SQ_OK)
        return status == SQ_ENOMEM ? status : 0;
    if (!sq_architecture_is_called(json, search->name)) {
        cJSON_Delete(json);
        return 0;
    }
    search->path = strdup(path);
    search->json = json;
    return search->path != NULL ? 1 : SQ_ENOMEM;
}

/* A file of the name, which costs no look into others; else one that is called so, too. */
static int find_named(struct sq_error *err, const char *config_dirs, const char *name, char **path,
                      cJSON **json)
{
    struct search search = {.name = name};
    int status = sq_files_find(NULL, config_dirs, "architectures", "architecture", name, path);
    if (status == SQ_OK)
        return sq_config_parse_file(err, *path, json);
    if (status != SQ_ENOMEM)
        status = sq_files_each(config_dirs, "architectures", visit, &search);
    if (status == 1) {
        *path = search.path;
        *json = search.json;
        return SQ_OK;
    }
    cJSON_Delete(search.json);
    if (status == SQ_ENOMEM)
        return sq_fail(err, SQ_ENOMEM, "architecture \"%.64s\": out of memory", name);
    return sq_files_find(err, config_dirs, "architectures", "architecture", name, path);
}

/* A file of the template language, or a NIR graph, which becomes one. */
static int parse_path(struct sq_error *err, const char *path, cJSON **json)
{
    return sq_nir_is_one(path) ? sq_nir_architecture(err, path, json)
                               : sq_config_parse_file(err, path, json);
}

int sq_architecture_find(struct sq_error *err, const char *config_dirs, const char *name,
                         char **path, cJSON **json)
{
    char *folders = sq_folders_with_own(config_dirs), *found = NULL;
    int status;
    if (folders == NULL)
        return sq_fail(err, SQ_ENOMEM, "architecture \"%.64s\": out of memory", name);
    if (sq_config_is_path(name))
        status = parse_path(err, name, json);
    else
        status = find_named(err, folders, name, &found, json);
    if (status == SQ_OK && path != NULL && found == NULL)
        found = strdup(name);
    if (status == SQ_OK && path != NULL && found == NULL) {
        cJSON_Delete(*json);
        *json = NULL; /* the caller closes what it has */
        status = sq_fail(err, SQ_ENOMEM, "architecture \"%.64s\": out of memory", name);
    }
    if (status == SQ_OK && path != NULL)
        *path = found;
    else
        free(found);
    free(folders);
    return status;
}

/* How a configuration calls an architecture: a path as it was given, a name by its file. */
static void call(const char *given, const char *path, char *out, size_t size)
{
    const char *slash = strrchr(path, '/');
    const char *stem = slash != NULL ? slash + 1 : path;
    if (sq_config_is_path(given))
        snprintf(out, size, "%s", given);
    else
        snprintf(out, size, "%.*s", (int)(strlen(stem) - strlen(".json")), stem);
}

const char *sq_asked(const cJSON *item, const char **choices)
{
    const cJSON *only = cJSON_IsObject(item) ? item->child : NULL;
    if (only == NULL)
        return cJSON_GetStringValue(item);
    if (choices != NULL)
        *choices = cJSON_GetStringValue(only);
    return only->string;
}

static bool asks_for(const cJSON *architecture, const char *key)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(architecture, "ask"))
    {
        const char *name = sq_asked(item, NULL);
        if (name != NULL && strcmp(name, key) == 0)
            return true;
    }
    return false;
}

void sq_config_take_architecture(const cJSON *architecture, struct sq_config *config)
{
    const char *input =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(architecture, "input"));
    const cJSON *patch = cJSON_GetObjectItemCaseSensitive(architecture, "patch_size");
    const bool is_by_channels = input != NULL && strcmp(input, "frames of 2 channels") == 0;
    config->takes_frames = (input != NULL && strcmp(input, "frames") == 0) ||
                           (is_by_channels && config->in_channels == 2);
    config->has_no_heads = architecture != NULL && !asks_for(architecture, "heads");
    config->patch = cJSON_IsNumber(patch) && patch->valuedouble >= 1 && patch->valuedouble <= 4096
                        ? (uint32_t)patch->valuedouble
                        : 0;
}

int sq_config_set_architecture(struct sq_error *err, const char *config_dirs, const char *name,
                               struct sq_config *config)
{
    cJSON *json = NULL;
    char *path = NULL;
    if (strlen(name) >= sizeof config->architecture)
        return sq_fail(err, SQ_EVALUE,
                       "%.64s...: the path of an architecture has at most %zu bytes", name,
                       sizeof config->architecture - 1);
    const int status = sq_architecture_find(err, config_dirs, name, &path, &json);
    if (status != SQ_OK)
        return status;
    call(name, path, config->architecture, sizeof config->architecture);
    sq_config_take_architecture(json, config);
    cJSON_Delete(json);
    free(path);
    return SQ_OK;
}

int sq_config_has_extra(struct sq_error *err, const struct sq_config *config, const char *key,
                        bool *found)
{
    static const char *const part[] = {"defaults", "checks", "sizes"};
    cJSON *json;
    *found = false;
    if (config->architecture[0] == '\0')
        return SQ_OK;
    const int status = sq_architecture_find(NULL, NULL, config->architecture, NULL, &json);
    if (status == SQ_ENOMEM)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", config->architecture);
    if (status != SQ_OK)
        return SQ_OK;
    *found = asks_for(json, key);
    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        *found |= cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(json, part[i]),
                                                   key) != NULL;
    cJSON_Delete(json);
    return SQ_OK;
}

static int write_value(char *text, size_t size, const cJSON *value, int depth);

static struct sq_config_extra *find_extra(struct sq_config *config, const char *key)
{
    for (uint32_t i = 0; i < config->n_extra; i++)
        if (strcmp(config->extra[i].key, key) == 0)
            return &config->extra[i];
    return NULL;
}

static int write_list(char *text, size_t size, const cJSON *list, int depth)
{
    const cJSON *item;
    size_t used = 0;
    cJSON_ArrayForEach(item, list)
    {
        char part[64];
        const int n = write_value(part, sizeof part, item, depth + 1);
        if (n < 0)
            return -1;
        used += (size_t)snprintf(used < size ? text + used : NULL, used < size ? size - used : 0,
                                 "%s%s", item == list->child ? "[" : ",", part);
    }
    used += (size_t)snprintf(used < size ? text + used : NULL, used < size ? size - used : 0, "]");
    return (int)used;
}

/* A parameter as text: lists as "[1,2,1]", also those that --set gives as 1,2,1. Returns the length, as
 * snprintf() does; -1: it is no value. */
static int write_value(char *text, size_t size, const cJSON *value, int depth)
{
    if (cJSON_IsNumber(value))
        return snprintf(text, size, "%.9g", value->valuedouble);
    if (cJSON_IsBool(value))
        return snprintf(text, size, "%s", cJSON_IsTrue(value) ? "true" : "false");
    if (cJSON_IsArray(value) && value->child != NULL && depth < 2)
        return write_list(text, size, value, depth);
    if (!cJSON_IsString(value))
        return -1;
    const bool is_list =
        depth == 0 && strchr(value->valuestring, ',') != NULL && value->valuestring[0] != '[';
    return snprintf(text, size, is_list ? "[%s]" : "%s", value->valuestring);
}

int sq_config_store_extra(struct sq_error *err, const char *origin, const char *key,
                          const cJSON *value, struct sq_config *config)
{
    struct sq_config_extra *extra = find_extra(config, key);
    char text[sizeof extra->value];
    const int n = write_value(text, sizeof text, value, 0);
    if (n < 0)
        return sq_fail(err, SQ_EFORMAT,
                       "%s: \"%.32s\" must be a number, text, true, false or a list of those",
                       origin, key);
    if ((size_t)n >= sizeof text || strlen(key) >= sizeof extra->key ||
        (extra == NULL && config->n_extra == SQ_MAX_EXTRA))
        return sq_fail(err, SQ_EVALUE, "%s: \"%.32s\": too long, or more than %d such parameters",
                       origin, key, SQ_MAX_EXTRA);
    if (extra == NULL)
        extra = &config->extra[config->n_extra++];
    snprintf(extra->key, sizeof extra->key, "%s", key);
    snprintf(extra->value, sizeof extra->value, "%s", text);
    return SQ_OK;
}

const char *sq_config_extra_of(const struct sq_config *config, const char *key)
{
    for (uint32_t i = 0; i < config->n_extra; i++)
        if (strcmp(config->extra[i].key, key) == 0)
            return config->extra[i].value;
    return NULL;
}

bool sq_config_number(const struct sq_config *config, const char *key, double *out)
{
    const struct sq_config_key *row = sq_config_key_find(key);
    if (row == NULL || row->offset >= sizeof *config) /* the draft begins with it */
        return false;
    const char *at = (const char *)config + row->offset;
    _Static_assert(offsetof(struct sq_draft, config) == 0, "offsets are those of a configuration");
    uint32_t whole;
    float real;
    memcpy(&whole, at, sizeof whole);
    memcpy(&real, at, sizeof real);
    if (row->kind == SQ_KEY_INTEGER)
        return *out = whole, true;
    if (row->kind != SQ_KEY_REAL && row->kind != SQ_KEY_POWER)
        return false;
    return *out = (double)real, true;
}

int sq_config_put_size(struct sq_error *err, const char *origin, const char *key, uint32_t size,
                       struct sq_config *config)
{
    const struct sq_config_key *row = sq_config_key_find(key);
    const cJSON number = {.type = cJSON_Number, .valuedouble = size};
    if (row == NULL || row->kind != SQ_KEY_INTEGER || row->offset >= sizeof *config)
        return sq_config_store_extra(err, origin, key, &number, config);
    memcpy((char *)config + row->offset, &size, sizeof size);
    return SQ_OK;
}
