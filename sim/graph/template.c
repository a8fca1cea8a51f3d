#include "sim/graph/template.h"

#include "sim/graph/parameters.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_NESTED = 8, MOST_NAMES = 2 * MOST_NESTED, MOST_STEPS = 1 << 17, MOST_COUNT = 65535 };
enum { MOST_MEMBERS = 64 }; /* of an object: each is looked through again and again */

/* The name of what a node sends; the latest node of a name counts. */
struct result {
    char name[SQ_GRAPH_TEXT];
    uint32_t node;
};

struct name {
    char text[SQ_GRAPH_WORD];
    struct sq_value value;
};

/* A template while it is expanded. */
struct expansion {
    struct sq_error *err;
    const char *origin;
    char where[256]; /* begins error sentences: the entry at hand */
    const struct sq_names *sizes;
    struct sq_graph *graph;
    struct name name[MOST_NAMES]; /* of loops, innermost last */
    const cJSON *with[MOST_NESTED];
    unsigned n_names, n_with, depth, n_steps;
    struct result *result;
    size_t n_results, room;
};

/* Loops multiply what a file holds, so all work is counted: what is expanded, stored or read, and the
 * text of it. */
static int take_step(struct expansion *e, const char *text)
{
    const size_t n = 1 + (text != NULL ? strlen(text) / 64 : 0);
    e->n_steps = n > MOST_STEPS ? MOST_STEPS + 1 : e->n_steps + (unsigned)n;
    return e->n_steps <= MOST_STEPS
               ? SQ_OK
               : sq_fail(e->err, SQ_EVALUE, "%s: its template takes more than %d steps to expand",
                         e->where, MOST_STEPS);
}

static int check_object(struct expansion *e, const cJSON *object)
{
    return cJSON_GetArraySize(object) <= MOST_MEMBERS
               ? SQ_OK
               : sq_fail(e->err, SQ_EFORMAT, "%s: an object has more than %d keys", e->where,
                         MOST_MEMBERS);
}

static bool find_name(const void *data, const char *text, struct sq_value *out)
{
    const struct expansion *e = data;
    for (unsigned i = e->n_names; i-- > 0;)
        if (strcmp(e->name[i].text, text) == 0)
            return *out = e->name[i].value, true;
    return e->sizes != NULL && e->sizes->find(e->sizes->data, text, out);
}

static const cJSON *member(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

static int fill_in(struct expansion *e, const char *text, char *out, size_t size, bool *is_number,
                   double *number)
{
    const struct sq_names names = {find_name, e};
    const int status = take_step(e, text);
    return status == SQ_OK
               ? sq_fill_in(e->err, e->where, text, &names, out, size, is_number, number)
               : status;
}

static int fill_in_text(struct expansion *e, const char *text, char out[SQ_GRAPH_TEXT])
{
    bool is_number;
    double number;
    return fill_in(e, text, out, SQ_GRAPH_TEXT, &is_number, &number);
}

/* An expression that may also be a number of JSON. */
static int evaluate(struct expansion *e, const cJSON *item, struct sq_value *out)
{
    const struct sq_names names = {find_name, e};
    const char *text = cJSON_GetStringValue(item);
    if (cJSON_IsNumber(item))
        return *out = (struct sq_value){.number = item->valuedouble}, SQ_OK;
    if (text == NULL)
        return sq_fail(e->err, SQ_EFORMAT, "%s: an expression must be text or a number", e->where);
    const int status = take_step(e, text);
    return status == SQ_OK ? sq_expression(e->err, e->where, text, &names, out) : status;
}

/* The node that an input's name stands for. */
static int find_input(struct expansion *e, const char *name, uint32_t *node)
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

static int name_result(struct expansion *e, const char *name, uint32_t node)
{
    for (size_t i = 0; i < e->n_results; i++)
        if (strcmp(e->result[i].name, name) == 0)
            return e->result[i].node = node, SQ_OK;
    if (e->n_results == e->room) {
        const size_t room = e->room * 2 + 16;
        struct result *grown = realloc(e->result, room * sizeof *grown);
        if (grown == NULL)
            return sq_fail(e->err, SQ_ENOMEM, "%s: out of memory", e->origin);
        e->result = grown;
        e->room = room;
    }
    e->result[e->n_results].node = node;
    snprintf(e->result[e->n_results++].name, SQ_GRAPH_TEXT, "%s", name);
    return SQ_OK;
}

/* The operation of a name, with its node. */
static int add_node(struct expansion *e, const char *name, struct sq_graph_node **out)
{
    const enum sq_operation operation = sq_operation_named(name);
    char known[160];
    sq_operation_list(known, sizeof known);
    if (operation == SQ_OPERATIONS)
        return sq_fail(e->err, SQ_EFORMAT, "%s: no operation is called \"%.32s\"; known: %s",
                       e->where, name, known);
    *out = sq_graph_add(e->graph, operation);
    if (*out != NULL)
        return SQ_OK;
    return e->graph->n_nodes == SQ_GRAPH_MOST_NODES
               ? sq_fail(e->err, SQ_EVALUE, "%s: more than %d nodes", e->where, SQ_GRAPH_MOST_NODES)
               : sq_fail(e->err, SQ_ENOMEM, "%s: out of memory", e->where);
}

/* A parameter whose text holds expressions is stored as what they make of it. */
static int store(struct expansion *e, const cJSON *item, struct sq_graph_node *node)
{
    char text[SQ_GRAPH_TEXT];
    bool is_number;
    double number = 0;
    if (!cJSON_IsString(item))
        return sq_parameter_store(e->err, e->where, node, item->string, item);
    const int status =
        fill_in(e, cJSON_GetStringValue(item), text, sizeof text, &is_number, &number);
    if (status != SQ_OK)
        return status;
    cJSON filled = {.type = is_number ? cJSON_Number : cJSON_String,
                    .valuestring = text,
                    .valuedouble = number,
                    .string = item->string};
    return sq_parameter_store(e->err, e->where, node, item->string, &filled);
}

/* Members that a flat node has beside its parameters: what it is, and what --json says of it. */
static bool is_not_a_parameter(const char *name)
{
    static const char *const other[] = {"id",        "op",           "in",         "edge",
                                        "max_value", "out_channels", "out_height", "out_width"};
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        if (strcmp(name, other[i]) == 0)
            return true;
    return false;
}

static int store_all(struct expansion *e, const cJSON *object, struct sq_graph_node *node)
{
    const cJSON *item;
    int status = check_object(e, object);
    if (status != SQ_OK)
        return status;
    cJSON_ArrayForEach(item, object)
    {
        if (!is_not_a_parameter(item->string))
            status = store(e, item, node);
        if (status != SQ_OK)
            break;
    }
    return status;
}

static int check_id(struct expansion *e, const struct sq_graph_node *node)
{
    if (sq_graph_find(e->graph, node->id) == (uint32_t)(node - e->graph->node))
        return SQ_OK;
    return sq_fail(e->err, SQ_EFORMAT, "%s: two nodes are called \"%s\"", e->where, node->id);
}

/* "weight", or "operation#number" where it has no tensor, unless an id is given. */
static int name_node(struct expansion *e, const char *given, struct sq_graph_node *node)
{
    const uint32_t index = (uint32_t)(node - e->graph->node);
    int status = SQ_OK;
    if (given != NULL)
        status = fill_in_text(e, given, node->id);
    else if (node->weight[0] != '\0')
        snprintf(node->id, sizeof node->id, "%s", node->weight);
    else
        snprintf(node->id, sizeof node->id, "%s#%u", sq_operation_name(node->operation), index);
    if (status == SQ_OK && node->id[0] == '\0')
        status = sq_fail(e->err, SQ_EFORMAT, "%s: its id is empty", e->where);
    return status == SQ_OK ? check_id(e, node) : status;
}

/* Inputs by name: a list of JSON texts, or words of one text. */
static size_t count_words(const char *text)
{
    size_t n = 0;
    for (const char *at = text; *at != '\0'; at++)
        n += *at != ' ' && (at == text || at[-1] == ' ');
    return n;
}

static int check_inputs(struct expansion *e, const struct sq_graph_node *node, size_t n)
{
    static const struct {
        size_t least, most;
    } arity[SQ_OPERATIONS] = {
#define SQ_OPERATION(NAME, name, fewest, largest, parameters) {fewest, largest},
#include "sim/graph/operations.inc"
    };
    const size_t least = arity[node->operation].least, most = arity[node->operation].most;
    if (n >= least && n <= most)
        return SQ_OK;
    return sq_fail(e->err, SQ_EFORMAT, "%s: %s has %zu inputs; it takes %zu%s", e->where,
                   sq_operation_name(node->operation), n, least, most > least ? " or more" : "");
}

static int read_words(struct expansion *e, const char *words, struct sq_graph_node *node)
{
    const size_t n = count_words(words);
    int status = take_step(e, words);
    if (status == SQ_OK)
        status = check_inputs(e, node, n);
    if (status == SQ_OK)
        status = sq_graph_inputs(e->err, e->graph, node, (uint32_t)n);
    for (size_t i = 0; status == SQ_OK && i < n; i++) {
        char word[SQ_GRAPH_TEXT], name[SQ_GRAPH_TEXT];
        words += strspn(words, " ");
        const size_t length = strcspn(words, " ");
        if (length >= sizeof word)
            return sq_fail(e->err, SQ_EVALUE, "%s: the name of an input is longer than %zu bytes",
                           e->where, sizeof word - 1);
        memcpy(word, words, length);
        word[length] = '\0';
        words += length;
        status = fill_in_text(e, word, name);
        if (status == SQ_OK)
            status = find_input(e, name, &node->input[i]);
    }
    return status;
}

static int read_list(struct expansion *e, const cJSON *list, struct sq_graph_node *node)
{
    const int n = cJSON_IsArray(list) ? cJSON_GetArraySize(list) : 0;
    const cJSON *item;
    size_t i = 0;
    int status = check_inputs(e, node, (size_t)n);
    if (status == SQ_OK)
        status = sq_graph_inputs(e->err, e->graph, node, (uint32_t)n);
    if (status != SQ_OK)
        return status;
    cJSON_ArrayForEach(item, list)
    {
        const char *name = cJSON_GetStringValue(item);
        status = name == NULL ? sq_fail(e->err, SQ_EFORMAT, "%s: \"in\" must hold texts", e->where)
                              : find_input(e, name, &node->input[i++]);
        if (status != SQ_OK)
            break;
    }
    return status;
}

/* An addition of n streams runs as n - 1 of two: those before the last are called ID+1, ID+2, ... */
static int split_addition(struct expansion *e)
{
    const struct sq_graph_node all = e->graph->node[e->graph->n_nodes - 1];
    int status = SQ_OK;
    e->graph->n_nodes--;
    for (uint32_t i = 1; status == SQ_OK && i < all.n_inputs; i++) {
        struct sq_graph_node *node;
        const uint32_t before = e->graph->n_nodes - 1;
        status = add_node(e, sq_operation_name(all.operation), &node);
        if (status != SQ_OK)
            return status;
        *node = all;
        if (i + 1 < all.n_inputs)
            snprintf(node->id, sizeof node->id, "%.50s+%u", all.id, i);
        status = check_id(e, node);
        if (status == SQ_OK)
            status = sq_graph_inputs(e->err, e->graph, node, 2);
        if (status != SQ_OK)
            return status;
        node->input[0] = i == 1 ? all.input[0] : before;
        node->input[1] = all.input[i];
    }
    return status;
}

/* A node from its parts. `inputs`: text of words, or a list. */
static int make_node(struct expansion *e, const char *operation, const cJSON *inputs,
                     const cJSON *parameters)
{
    struct sq_graph_node *node;
    const char *id = cJSON_GetStringValue(member(parameters, "id"));
    int status = add_node(e, operation, &node);
    if (status == SQ_OK && member(parameters, "id") != NULL && id == NULL)
        status = sq_fail(e->err, SQ_EFORMAT, "%s: \"id\" must be text", e->where);
    for (unsigned i = 0; status == SQ_OK && i < e->n_with; i++)
        status = store_all(e, e->with[i], node);
    if (status == SQ_OK)
        status = store_all(e, parameters, node);
    if (status == SQ_OK)
        status = name_node(e, id, node);
    if (status != SQ_OK)
        return status;
    snprintf(e->where, sizeof e->where, "%.120s: node \"%s\"", e->origin, node->id);
    status = cJSON_IsString(inputs) ? read_words(e, cJSON_GetStringValue(inputs), node)
                                    : read_list(e, inputs, node);
    if (status == SQ_OK)
        status = sq_parameters_check(e->err, e->where, node);
    return status == SQ_OK && node->operation == SQ_OPERATION_ADD && node->n_inputs > 2
               ? split_addition(e)
               : status;
}

/* [result, operation, inputs, parameters] */
static int expand_short(struct expansion *e, const cJSON *entry)
{
    const cJSON *part[4] = {NULL};
    const int n = cJSON_GetArraySize(entry);
    char name[SQ_GRAPH_TEXT];
    for (int i = 0; i < n && i < 4; i++)
        part[i] = cJSON_GetArrayItem(entry, i);
    if (n < 3 || n > 4 || !cJSON_IsString(part[0]) || !cJSON_IsString(part[1]) ||
        !cJSON_IsString(part[2]) || (n == 4 && !cJSON_IsObject(part[3])))
        return sq_fail(e->err, SQ_EFORMAT,
                       "%s: must be [\"result\", \"operation\", \"inputs\", {parameters}]",
                       e->where);
    int status = make_node(e, cJSON_GetStringValue(part[1]), part[2], part[3]);
    if (status == SQ_OK)
        status = fill_in_text(e, cJSON_GetStringValue(part[0]), name);
    return status == SQ_OK ? name_result(e, name, e->graph->n_nodes - 1) : status;
}

static int expand(struct expansion *e, const cJSON *entries);

/* What stands inside a `for`, an `if` or a `with`. */
static int expand_inside(struct expansion *e, const cJSON *entry, const char *key)
{
    const cJSON *with = member(entry, "with");
    if (e->depth == MOST_NESTED)
        return sq_fail(e->err, SQ_EFORMAT, "%s: for, if and with are nested deeper than %d",
                       e->where, MOST_NESTED);
    if (with != NULL && !cJSON_IsObject(with))
        return sq_fail(e->err, SQ_EFORMAT, "%s: \"with\" must be an object", e->where);
    if (with != NULL)
        e->with[e->n_with++] = with;
    e->depth++;
    const int status = expand(e, member(entry, key));
    e->depth--;
    e->n_with -= with != NULL;
    return status;
}

static int push_name(struct expansion *e, const char *text, struct sq_value value)
{
    if (e->n_names == MOST_NAMES || strlen(text) >= SQ_GRAPH_WORD)
        return sq_fail(e->err, SQ_EFORMAT, "%s: \"%.32s\" is too long a name, or one too many",
                       e->where, text);
    e->name[e->n_names].value = value;
    snprintf(e->name[e->n_names++].text, SQ_GRAPH_WORD, "%s", text);
    return SQ_OK;
}

/* One round of a loop: its value, and its number. */
static int expand_round(struct expansion *e, const cJSON *entry, const struct sq_value *value,
                        int round)
{
    const unsigned n_names = e->n_names;
    const char *index = cJSON_GetStringValue(member(entry, "index"));
    int status = take_step(e, NULL);
    if (status == SQ_OK)
        status = push_name(e, cJSON_GetStringValue(member(entry, "for")), *value);
    if (status == SQ_OK && index != NULL)
        status = push_name(e, index, (struct sq_value){.number = round});
    if (status == SQ_OK)
        status = expand_inside(e, entry, "do");
    e->n_names = n_names;
    return status;
}

static int expand_list(struct expansion *e, const cJSON *entry, const cJSON *list)
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

static int expand_for(struct expansion *e, const cJSON *entry)
{
    const cJSON *list = member(entry, "in"), *to = member(entry, "to");
    struct sq_value count;
    if (!cJSON_IsString(member(entry, "for")) || (list == NULL) == (to == NULL) ||
        (list != NULL && !cJSON_IsArray(list)))
        return sq_fail(e->err, SQ_EFORMAT,
                       "%s: must be {\"for\": \"name\", \"to\": count or \"in\": [...], "
                       "\"do\": [...]}",
                       e->where);
    if (list != NULL)
        return expand_list(e, entry, list);
    int status = evaluate(e, to, &count);
    if (status == SQ_OK && (count.is_text || !(count.number >= 0 && count.number <= MOST_COUNT) ||
                            count.number != floor(count.number)))
        status = sq_fail(e->err, SQ_EVALUE, "%s: \"to\" must be a whole number from 0 to %d",
                         e->where, MOST_COUNT);
    for (int i = 0; status == SQ_OK && i < (int)count.number; i++)
        status = expand_round(e, entry, &(struct sq_value){.number = i}, i);
    return status;
}

static int expand_if(struct expansion *e, const cJSON *entry)
{
    struct sq_value holds;
    const int status = evaluate(e, member(entry, "if"), &holds);
    if (status != SQ_OK)
        return status;
    if (sq_value_holds(&holds))
        return expand_inside(e, entry, "do");
    return member(entry, "else") != NULL ? expand_inside(e, entry, "else") : SQ_OK;
}

/* Members that a `for`, an `if` or a `with` may have. */
static int check_members(struct expansion *e, const cJSON *entry)
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

static int expand_entry(struct expansion *e, const cJSON *entry)
{
    int status = take_step(e, NULL);
    if (status == SQ_OK && cJSON_IsArray(entry))
        return expand_short(e, entry);
    if (status == SQ_OK)
        status = check_object(e, entry);
    if (status != SQ_OK)
        return status;
    if (cJSON_IsString(member(entry, "op")))
        return make_node(e, cJSON_GetStringValue(member(entry, "op")), member(entry, "in"), entry);
    const bool is_for = member(entry, "for") != NULL, is_if = member(entry, "if") != NULL;
    if (!cJSON_IsObject(entry) || (is_for && is_if) || member(entry, "do") == NULL)
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

static int expand(struct expansion *e, const cJSON *entries)
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
    struct expansion *e = calloc(1, sizeof *e);
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
