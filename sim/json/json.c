#include "sim/json/json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Containers have no number of their own: theirs is the mark. */
enum { INCOMPLETE = 1 };

void sq_json_fail(cJSON *container)
{
    if (container != NULL)
        container->valueint = INCOMPLETE;
}

/* The item that was just added, or NULL and a mark. */
static cJSON *added(cJSON *to, cJSON *item)
{
    if (item == NULL)
        sq_json_fail(to);
    return item;
}

cJSON *sq_json_add_object(cJSON *to, const char *key)
{
    return added(to, cJSON_AddObjectToObject(to, key));
}

cJSON *sq_json_add_array(cJSON *to, const char *key)
{
    return added(to, cJSON_AddArrayToObject(to, key));
}

cJSON *sq_json_add_text(cJSON *to, const char *key, const char *text)
{
    return added(to, text != NULL ? cJSON_AddStringToObject(to, key, text) : NULL);
}

cJSON *sq_json_add_raw(cJSON *to, const char *key, const char *json)
{
    return added(to, cJSON_AddRawToObject(to, key, json));
}

cJSON *sq_json_add_number(cJSON *to, const char *key, double number)
{
    return added(to, cJSON_AddNumberToObject(to, key, number));
}

cJSON *sq_json_add_bool(cJSON *to, const char *key, int truth)
{
    return added(to, cJSON_AddBoolToObject(to, key, truth));
}

cJSON *sq_json_add_null(cJSON *to, const char *key)
{
    return added(to, cJSON_AddNullToObject(to, key));
}

cJSON *sq_json_count(cJSON *to, const char *key, uint64_t count)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, count);
    return sq_json_add_raw(to, key, text);
}

/* An item that went nowhere is deleted. */
static cJSON *moved(cJSON *to, cJSON *item, int has_moved)
{
    if (has_moved)
        return item;
    cJSON_Delete(item);
    return added(to, NULL);
}

cJSON *sq_json_add_item(cJSON *to, const char *key, cJSON *item)
{
    return moved(to, item, item != NULL && cJSON_AddItemToObject(to, key, item));
}

cJSON *sq_json_append(cJSON *array, cJSON *item)
{
    return moved(array, item, item != NULL && cJSON_AddItemToArray(array, item));
}

static int is_marked(const cJSON *item)
{
    return (cJSON_IsObject(item) || cJSON_IsArray(item)) && item->valueint == INCOMPLETE;
}

int sq_json_is_whole(const cJSON *root)
{
    if (root == NULL || is_marked(root))
        return 0;
    for (const cJSON *item = root->child; item != NULL; item = item->next)
        if (!sq_json_is_whole(item))
            return 0;
    return 1;
}

char *sq_json_print(const cJSON *root)
{
    return sq_json_is_whole(root) ? cJSON_Print(root) : NULL;
}

char *sq_json_print_line(const cJSON *root)
{
    return sq_json_is_whole(root) ? cJSON_PrintUnformatted(root) : NULL;
}

/* Only white space after `at`? */
static int ends(const char *at, const char *end)
{
    while (at < end && memchr(" \t\r\n", *at, 4) != NULL)
        at++;
    return at == end;
}

/* cJSON does not say why it failed: errno does, as only malloc() sets it to ENOMEM. */
cJSON *sq_json_parse(const char *text, size_t size, const char **end, int *no_memory)
{
    const char *at = text;
    errno = 0;
    cJSON *root = cJSON_ParseWithLengthOpts(text, size, &at, 0);
    if (no_memory != NULL)
        *no_memory = root == NULL && errno == ENOMEM;
    if (end != NULL) {
        *end = at;
    } else if (root != NULL && !ends(at, text + size)) {
        cJSON_Delete(root);
        root = NULL;
    }
    return root;
}
