/* Nodes of templates: parameters, names, inputs. */
#include "sim/graph/expansion.h"
#include "sim/graph/parameters.h"

#include <stdio.h>
#include <string.h>

/* The operation of a name, with its node. */
static int add_node(struct sq_expansion *e, const char *name, struct sq_graph_node **out)
{
    const enum sq_operation operation = sq_operation_named(name);
    char known[256];
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
static int store(struct sq_expansion *e, const cJSON *item, struct sq_graph_node *node)
{
    char text[SQ_GRAPH_TEXT];
    bool is_number;
    double number = 0;
    if (!cJSON_IsString(item))
        return sq_parameter_store(e->err, e->where, node, item->string, item);
    const int status =
        sq_expand_fill_in(e, cJSON_GetStringValue(item), text, sizeof text, &is_number, &number);
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

static int store_all(struct sq_expansion *e, const cJSON *object, struct sq_graph_node *node)
{
    const cJSON *item;
    int status = sq_expand_check_keys(e, object);
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

static int check_id(struct sq_expansion *e, const struct sq_graph_node *node)
{
    if (sq_graph_find(e->graph, node->id) == (uint32_t)(node - e->graph->node))
        return SQ_OK;
    return sq_fail(e->err, SQ_EFORMAT, "%s: two nodes are called \"%s\"", e->where, node->id);
}

/* "weight", or "operation#number" where it has no tensor, unless an id is given. */
static int name_node(struct sq_expansion *e, const char *given, struct sq_graph_node *node)
{
    const uint32_t index = (uint32_t)(node - e->graph->node);
    int status = SQ_OK;
    if (given != NULL)
        status = sq_expand_text(e, given, node->id);
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

static int check_inputs(struct sq_expansion *e, const struct sq_graph_node *node, size_t n)
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

static int read_words(struct sq_expansion *e, const char *words, struct sq_graph_node *node)
{
    const size_t n = count_words(words);
    int status = sq_expand_step(e, words);
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
        status = sq_expand_text(e, word, name);
        if (status == SQ_OK)
            status = sq_expand_input(e, name, &node->input[i]);
    }
    return status;
}

static int read_list(struct sq_expansion *e, const cJSON *list, struct sq_graph_node *node)
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
                              : sq_expand_input(e, name, &node->input[i++]);
        if (status != SQ_OK)
            break;
    }
    return status;
}

/* An addition of n streams runs as n - 1 of two: those before the last are called ID+1, ID+2, ... */
static int split_addition(struct sq_expansion *e)
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

int sq_expand_node(struct sq_expansion *e, const char *operation, const cJSON *inputs,
                   const cJSON *parameters)
{
    struct sq_graph_node *node;
    const char *id = cJSON_GetStringValue(sq_member(parameters, "id"));
    int status = add_node(e, operation, &node);
    if (status == SQ_OK && sq_member(parameters, "id") != NULL && id == NULL)
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

int sq_expand_short(struct sq_expansion *e, const cJSON *entry)
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
    int status = sq_expand_node(e, cJSON_GetStringValue(part[1]), part[2], part[3]);
    if (status == SQ_OK)
        status = sq_expand_text(e, cJSON_GetStringValue(part[0]), name);
    return status == SQ_OK ? sq_expand_name_result(e, name, e->graph->n_nodes - 1) : status;
}
