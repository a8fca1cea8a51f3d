#include "sim/graph/template.h"

#include "sim/graph/expansion.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_COUNT = 65535 };

static int expand(struct sq_expansion *e, const cJSON *entries);

/* What stands inside a `for`, an `if` or a `with`. */
static int expand_inside(struct sq_expansion *e, const cJSON *entry, const char *key)
{
    const cJSON *with = sq_member(entry, "with");
    if (e->depth == SQ_MOST_NESTED)
        return sq_fail(e->err, SQ_EFORMAT, "%s: for, if and with are nested deeper than %d",
                       e->where, SQ_MOST_NESTED);
    if (with != NULL && !cJSON_IsObject(with))
        return sq_fail(e->err, SQ_EFORMAT, "%s: \"with\" must be an object", e->where);
    if (with != NULL)
        e->with[e->n_with++] = with;
    e->depth++;
    const int status = expand(e, sq_member(entry, key));
    e->depth--;
    e->n_with -= with != NULL;
    return status;
}

static int push_name(struct sq_expansion *e, const char *text, struct sq_value value)
{
    if (e->n_names == SQ_MOST_NAMES || strlen(text) >= SQ_GRAPH_WORD)
        return sq_fail(e->err, SQ_EFORMAT, "%s: \"%.32s\" is too long a name, or one too many",
                       e->where, text);
    e->name[e->n_names].value = value;
    snprintf(e->name[e->n_names++].text, SQ_GRAPH_WORD, "%s", text);
    return SQ_OK;
}

/* One round of a loop: its value, and its number. */
static int expand_round(struct sq_expansion *e, const cJSON *entry, const struct sq_value *value,
                        int round)
{
    const unsigned n_names = e->n_names;
    const char *index = cJSON_GetStringValue(sq_member(entry, "index"));
    int status = sq_expand_step(e, NULL);
    if (status == SQ_OK)
        status = push_name(e, cJSON_GetStringValue(sq_member(entry, "for")), *value);
    if (status == SQ_OK && index != NULL)
        status = push_name(e, index, (struct sq_value){.number = round});
    if (status == SQ_OK)
        status = expand_inside(e, entry, "do");
    e->n_names = n_names;
    return status;
}

static int expand_list(struct sq_expansion *e, const cJSON *entry, const cJSON *list)
{
    const cJSON *item;
    int round = 0, status = SQ_OK;
    cJSON_ArrayForEach(item, list)
    {
        struct sq_value value = {.is_text = cJSON_IsString(item), .number = item->valuedouble};
        const char *text = cJSON_GetStringValue(item);
        if (!cJSON_IsNumber(item) && (text == NULL || strlen(text) >= sizeof value.text))
            return sq_fail(e->err, SQ_EFORMAT, "%s: \"in\" must hold numbers or short texts",
                           e->where);
        snprintf(value.text, sizeof value.text, "%s", text != NULL ? text : "");
        status = expand_round(e, entry, &value, round++);
        if (status != SQ_OK)
            break;
    }
    return status;
}

/* Where the item that begins at `at` ends: at a comma or bracket outside of inner brackets, or at the end. */
static const char *item_end(const char *at)
{
    for (int depth = 0; *at != '\0'; at++) {
        if (depth == 0 && (*at == ',' || *at == ']'))
            break;
        depth += (*at == '[') - (*at == ']');
    }
    return at;
}

/* A size that is a list: "[a,b]", or "[[a,b],[c]]", whose items are lists again. */
static int expand_items(struct sq_expansion *e, const cJSON *entry, const cJSON *expression)
{
    struct sq_value list;
    int round = 0, status = sq_expand_value(e, expression, &list);
    if (status == SQ_OK && (!list.is_text || list.text[0] != '['))
        return sq_fail(e->err, SQ_EVALUE, "%s: \"in\": %.32s is no list", e->where,
                       cJSON_GetStringValue(expression));
    for (const char *at = list.text; status == SQ_OK && (*at == '[' || *at == ',');) {
        const char *end = item_end(++at);
        struct sq_value value = {.is_text = true};
        char *rest;
        snprintf(value.text, sizeof value.text, "%.*s", (int)(end - at), at);
        value.number = strtod(value.text, &rest);
        value.is_text = rest == value.text || *rest != '\0';
        if (end > at)
            status = expand_round(e, entry, &value, round++);
        at = end;
    }
    return status;
}

static int expand_for(struct sq_expansion *e, const cJSON *entry)
{
    const cJSON *list = sq_member(entry, "in"), *to = sq_member(entry, "to");
    struct sq_value count;
    if (!cJSON_IsString(sq_member(entry, "for")) || (list == NULL) == (to == NULL) ||
        (list != NULL && !cJSON_IsArray(list) && !cJSON_IsString(list)))
        return sq_fail(e->err, SQ_EFORMAT,
                       "%s: must be {\"for\": \"name\", \"to\": count or \"in\": [...], "
                       "\"do\": [...]}",
                       e->where);
    if (cJSON_IsString(list))
        return expand_items(e, entry, list);
    if (list != NULL)
        return expand_list(e, entry, list);
    int status = sq_expand_value(e, to, &count);
    if (status == SQ_OK && (count.is_text || !(count.number >= 0 && count.number <= MOST_COUNT) ||
                            count.number != floor(count.number)))
        status = sq_fail(e->err, SQ_EVALUE, "%s: \"to\" must be a whole number from 0 to %d",
                         e->where, MOST_COUNT);
    for (int i = 0; status == SQ_OK && i < (int)count.number; i++)
        status = expand_round(e, entry, &(struct sq_value){.number = i}, i);
    return status;
}

static int expand_if(struct sq_expansion *e, const cJSON *entry)
{
    struct sq_value holds;
    const int status = sq_expand_value(e, sq_member(entry, "if"), &holds);
    if (status != SQ_OK)
        return status;
    if (sq_value_holds(&holds))
        return expand_inside(e, entry, "do");
    return sq_member(entry, "else") != NULL ? expand_inside(e, entry, "else") : SQ_OK;
}

/* Members that a `for`, an `if` or a `with` may have. */
static int check_members(struct sq_expansion *e, const cJSON *entry)
{
    static const char *const known[] = {"for", "to", "in", "index", "if", "else", "do", "with"};
    const cJSON *item;
    cJSON_ArrayForEach(item, entry)
    {
        size_t i = 0;
        while (i < sizeof known / sizeof *known && strcmp(item->string, known[i]) != 0)
            i++;
        if (i == sizeof known / sizeof *known)
            return sq_fail(e->err, SQ_EFORMAT, "%s: for, if and with have no key \"%.32s\"",
                           e->where, item->string);
    }
    return SQ_OK;
}

static int expand_entry(struct sq_expansion *e, const cJSON *entry)
{
    int status = sq_expand_step(e, NULL);
    if (status == SQ_OK && cJSON_IsArray(entry))
        return sq_expand_short(e, entry);
    if (status == SQ_OK)
        status = sq_expand_check_keys(e, entry);
    if (status != SQ_OK)
        return status;
    if (cJSON_IsString(sq_member(entry, "op")))
        return sq_expand_node(e, cJSON_GetStringValue(sq_member(entry, "op")),
                              sq_member(entry, "in"), entry);
    const bool is_for = sq_member(entry, "for") != NULL, is_if = sq_member(entry, "if") != NULL;
    if (!cJSON_IsObject(entry) || (is_for && is_if) || sq_member(entry, "do") == NULL)
        return sq_fail(e->err, SQ_EFORMAT,
                       "%s: must be a node, or an object with \"do\" and \"for\", \"if\" or "
                       "\"with\"",
                       e->where);
    status = check_members(e, entry);
    if (status != SQ_OK)
        return status;
    return is_for  ? expand_for(e, entry)
           : is_if ? expand_if(e, entry)
                   : expand_inside(e, entry, "do");
}

static int expand(struct sq_expansion *e, const cJSON *entries)
{
    const cJSON *entry;
    int number = 0, status = SQ_OK;
    if (!cJSON_IsArray(entries))
        return sq_fail(e->err, SQ_EFORMAT, "%s: its nodes must be a list", e->where);
    cJSON_ArrayForEach(entry, entries)
    {
        snprintf(e->where, sizeof e->where, "%.120s: entry %d%s", e->origin, number++,
                 e->depth > 0 ? " of an inner list" : " of nodes");
        status = expand_entry(e, entry);
        if (status != SQ_OK)
            break;
    }
    return status;
}

int sq_template_expand(struct sq_error *err, const char *origin, const cJSON *entries,
                       const struct sq_names *sizes, struct sq_graph *graph)
{
    struct sq_expansion *e = calloc(1, sizeof *e);
    if (e == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", origin);
    e->err = err;
    e->origin = origin;
    e->sizes = sizes;
    e->graph = graph;
    snprintf(e->where, sizeof e->where, "%.120s", origin);
    const int status = expand(e, entries);
    free(e->result);
    free(e);
    return status;
}
