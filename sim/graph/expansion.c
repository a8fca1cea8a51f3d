#include "sim/graph/expansion.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_STEPS = 1 << 17, MOST_MEMBERS = 64 };

int sq_expand_step(struct sq_expansion *e, const char *text)
{
    const size_t n = 1 + (text != NULL ? strlen(text) / 64 : 0);
    e->n_steps = n > MOST_STEPS ? MOST_STEPS + 1 : e->n_steps + (unsigned)n;
    return e->n_steps <= MOST_STEPS
               ? SQ_OK
               : sq_fail(e->err, SQ_EVALUE, "%s: its template takes more than %d steps to expand",
                         e->where, MOST_STEPS);
}

int sq_expand_check_keys(struct sq_expansion *e, const cJSON *object)
{
    return cJSON_GetArraySize(object) <= MOST_MEMBERS
               ? SQ_OK
               : sq_fail(e->err, SQ_EFORMAT, "%s: an object has more than %d keys", e->where,
                         MOST_MEMBERS);
}

static bool find_name(const void *data, const char *text, struct sq_value *out)
{
    const struct sq_expansion *e = data;
    for (unsigned i = e->n_names; i-- > 0;)
        if (strcmp(e->name[i].text, text) == 0)
            return *out = e->name[i].value, true;
    return e->sizes != NULL && e->sizes->find(e->sizes->data, text, out);
}

int sq_expand_fill_in(struct sq_expansion *e, const char *text, char *out, size_t size,
                      bool *is_number, double *number)
{
    const struct sq_names names = {find_name, e};
    const int status = sq_expand_step(e, text);
    return status == SQ_OK
               ? sq_fill_in(e->err, e->where, text, &names, out, size, is_number, number)
               : status;
}

int sq_expand_text(struct sq_expansion *e, const char *text, char out[SQ_GRAPH_TEXT])
{
    bool is_number;
    double number;
    return sq_expand_fill_in(e, text, out, SQ_GRAPH_TEXT, &is_number, &number);
}

/* "{depth}" -> "depth": where an expression stands alone, its braces may be written. */
static const char *without_braces(const char *text, char *inside, size_t size)
{
    const size_t n = strlen(text);
    if (n < 3 || n - 2 >= size || text[0] != '{' || strcspn(text + 1, "{}") != n - 2 ||
        text[n - 1] != '}')
        return text;
    memcpy(inside, text + 1, n - 2);
    inside[n - 2] = '\0';
    return inside;
}

int sq_expand_value(struct sq_expansion *e, const cJSON *item, struct sq_value *out)
{
    const struct sq_names names = {find_name, e};
    const char *text = cJSON_GetStringValue(item);
    if (cJSON_IsNumber(item))
        return *out = (struct sq_value){.number = item->valuedouble}, SQ_OK;
    if (text == NULL)
        return sq_fail(e->err, SQ_EFORMAT, "%s: an expression must be text or a number", e->where);
    char inside[SQ_GRAPH_TEXT];
    const int status = sq_expand_step(e, text);
    text = without_braces(text, inside, sizeof inside);
    return status == SQ_OK ? sq_expression(e->err, e->where, text, &names, out) : status;
}

int sq_expand_input(struct sq_expansion *e, const char *name, uint32_t *node)
{
    for (size_t i = e->n_results; i-- > 0;)
        if (strcmp(e->result[i].name, name) == 0)
            return *node = e->result[i].node, SQ_OK;
    *node = sq_graph_find(e->graph, name);
    if (*node + 1 < e->graph->n_nodes) /* the last node is the one that asks */
        return SQ_OK;
    return sq_fail(e->err, SQ_EFORMAT, "%s: its input \"%.63s\" is sent by no node before it",
                   e->where, name);
}

int sq_expand_name_result(struct sq_expansion *e, const char *name, uint32_t node)
{
    for (size_t i = 0; i < e->n_results; i++)
        if (strcmp(e->result[i].name, name) == 0)
            return e->result[i].node = node, SQ_OK;
    if (e->n_results == e->room) {
        const size_t room = e->room * 2 + 16;
        struct sq_expand_result *grown = realloc(e->result, room * sizeof *grown);
        if (grown == NULL)
            return sq_fail(e->err, SQ_ENOMEM, "%s: out of memory", e->origin);
        e->result = grown;
        e->room = room;
    }
    e->result[e->n_results].node = node;
    snprintf(e->result[e->n_results++].name, SQ_GRAPH_TEXT, "%s", name);
    return SQ_OK;
}
