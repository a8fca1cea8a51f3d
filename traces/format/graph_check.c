#include "traces/format/graph_check.h"

#include <stdlib.h>
#include <string.h>

/* The check under way, and its row at hand. */
struct check {
    struct sq_error *err;
    const char *path;
    int code;
    const struct sq_trace_plan *plan;
    const struct sq_trace_node **by_id; /* [n_nodes] sorted */
    unsigned char *is_recorded;         /* [n_populations] some node names it */
    const char *table;
    size_t row;
};

static int refuse(const struct check *check, const char *what)
{
    return sq_fail(check->err, check->code, "%s: table %s, row %zu: %s", check->path, check->table,
                   check->row, what);
}

static int compare_ids(const void *a, const void *b)
{
    const struct sq_trace_node *const *x = a, *const *y = b;
    return strcmp((*x)->id, (*y)->id);
}

static const struct sq_trace_node *find(const struct check *check, const char *id)
{
    struct sq_trace_node key = {.inputs = NULL};
    const struct sq_trace_node *wanted = &key;
    if (strlen(id) >= sizeof key.id)
        return NULL;
    memcpy(key.id, id, strlen(id) + 1);
    const struct sq_trace_node **found = bsearch(&wanted, check->by_id, check->plan->n_nodes,
                                                 sizeof(struct sq_trace_node *), compare_ids);
    return found != NULL ? *found : NULL;
}

/* Printable, and safe between the quotes of JSON. */
static int is_plain(const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++)
        if (*at < ' ' || *at == 127 || *at == '"' || *at == '\\')
            return 0;
    return 1;
}

static int is_name(const char *text)
{
    return text[0] != '\0' && is_plain(text);
}

/* The next id of a list, of which *at stands behind '[' or ','; 0: it is not well formed. */
static int take_id(const char **at, char id[SQ_TRACE_NAME_BYTES])
{
    if (**at != '"')
        return 0;
    const char *end = strchr(++*at, '"');
    const size_t n = end != NULL ? (size_t)(end - *at) : 0;
    if (n == 0 || n >= SQ_TRACE_NAME_BYTES)
        return 0;
    memcpy(id, *at, n);
    id[n] = '\0';
    *at = end + 1;
    return **at == ',' || **at == ']';
}

/* ["a","b"]: a list of nodes that come before this one. */
static int check_inputs(const struct check *check, const struct sq_trace_node *node)
{
    const char *at = node->inputs;
    char id[SQ_TRACE_NAME_BYTES];
    if (strcmp(at, "[]") == 0)
        return SQ_OK;
    if (*at != '[')
        return refuse(check, "its inputs are not a list of ids");
    while (*at != ']') {
        at++;
        if (!take_id(&at, id))
            return refuse(check, "its inputs are not a list of ids");
        const struct sq_trace_node *input = find(check, id);
        if (input == NULL || input >= node)
            return refuse(check, "an input is not an earlier node");
    }
    return at[1] == '\0' ? SQ_OK : refuse(check, "its inputs are not a list of ids");
}

static int is_object(const char *text)
{
    const size_t n = strlen(text);
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == 127)
            return 0;
    return n >= 2 && text[0] == '{' && text[n - 1] == '}';
}

/* Elements that the node sends; 0: not known. */
static uint64_t elements(const struct sq_trace_node *node)
{
    return (uint64_t)node->height * node->width * node->channels;
}

static int check_sizes(const struct check *check, const struct sq_trace_node *node)
{
    const uint32_t most = SQ_TRACE_MAX_NEURONS;
    const int all_known = node->channels > 0 && node->height > 0 && node->width > 0;
    const int none_known = node->channels == 0 && node->height == 0 && node->width == 0;
    if ((!all_known && !none_known) || node->channels > most || node->height > most ||
        node->width > most || (uint64_t)node->height * node->width > most || elements(node) > most)
        return refuse(check, "its channels, height and width are not a size");
    if (node->max_value > SQ_TRACE_MAX_COUNT)
        return refuse(check, "its max_value is far too large");
    return SQ_OK;
}

static int check_population(const struct check *check, const struct sq_trace_node *node)
{
    const struct sq_trace_plan *plan = check->plan;
    if (node->population == -1)
        return SQ_OK;
    if (node->population < 0 || (uint64_t)node->population >= plan->n_populations)
        return refuse(check, "its population does not exist");
    const struct sq_trace_population *population = &plan->population[node->population];
    if (strcmp(population->name, node->id) != 0 || check->is_recorded[node->population])
        return refuse(check, "its population is another node's");
    check->is_recorded[node->population] = 1;
    const uint64_t n = elements(node), neurons = sq_trace_neurons(population);
    return n == neurons ||
                   (node->edge == SQ_TRACE_EDGE_COUNTS && n > 0 && neurons == n * node->max_value)
               ? SQ_OK
               : refuse(check, "its population has another size");
}

static int check_node(const struct check *check, const struct sq_trace_node *node)
{
    if (!is_name(node->id) || !is_name(node->op) || !is_plain(node->roles))
        return refuse(check, "its id, op or roles is not plain text");
    if (!is_object(node->parameters))
        return refuse(check, "its parameters are not an object");
    if ((unsigned)node->edge >= SQ_TRACE_EDGES)
        return refuse(check, "its edge is unknown");
    int status = check_inputs(check, node);
    if (status == SQ_OK)
        status = check_sizes(check, node);
    return status == SQ_OK ? check_population(check, node) : status;
}

static int check_operation(const struct check *check, const struct sq_trace_operation *operation)
{
    if (!is_name(operation->name) || !is_name(operation->kind))
        return refuse(check, "its name or kind is not plain text");
    if (operation->node[0] != '\0' && find(check, operation->node) == NULL)
        return refuse(check, "its node does not exist");
    if (operation->adder_bits > SQ_TRACE_MAX_BITS || operation->factor_bits > SQ_TRACE_MAX_BITS)
        return refuse(check, "its adder_bits or factor_bits is far too large");
    if (operation->fan_out > SQ_TRACE_MAX_COUNT || operation->dense > SQ_TRACE_MAX_COUNT ||
        operation->weights > SQ_TRACE_MAX_COUNT)
        return refuse(check, "its fan_out, dense or weights is far too large");
    if (operation->weight_zeros < -1 || operation->weight_zeros > (int64_t)operation->weights)
        return refuse(check, "it has more zeros than weights");
    return SQ_OK;
}

/* Sort the nodes, so that they are found by their ids. */
static int sort_nodes(struct check *check)
{
    const struct sq_trace_plan *plan = check->plan;
    for (size_t i = 0; i < plan->n_nodes; i++)
        check->by_id[i] = &plan->node[i];
    qsort(check->by_id, plan->n_nodes, sizeof(struct sq_trace_node *), compare_ids);
    for (size_t i = 1; i < plan->n_nodes; i++)
        if (strcmp(check->by_id[i - 1]->id, check->by_id[i]->id) == 0) {
            check->row = (size_t)(check->by_id[i] - plan->node);
            return refuse(check, "another node has the same id");
        }
    return SQ_OK;
}

static int check_all(struct check *check)
{
    const struct sq_trace_plan *plan = check->plan;
    check->table = "node";
    int status = sort_nodes(check);
    for (size_t i = 0; status == SQ_OK && i < plan->n_nodes; i++) {
        check->row = i;
        status = check_node(check, &plan->node[i]);
    }
    check->table = "operation";
    for (size_t i = 0; status == SQ_OK && i < plan->n_operations; i++) {
        check->row = i;
        status = check_operation(check, &plan->operation[i]);
    }
    return status;
}

int sq_trace_check_graph(struct sq_error *err, const char *path, int code,
                         const struct sq_trace_plan *plan)
{
    struct check check = {err, path, code, plan, NULL, NULL, NULL, 0};
    if (plan->n_nodes > SQ_TRACE_MAX_NODES || plan->n_operations > SQ_TRACE_MAX_OPERATIONS)
        return sq_fail(err, code, "%s: %zu nodes, %zu operations, expected at most %d and %d", path,
                       plan->n_nodes, plan->n_operations, SQ_TRACE_MAX_NODES,
                       SQ_TRACE_MAX_OPERATIONS);
    check.by_id = calloc(plan->n_nodes + 1, sizeof(struct sq_trace_node *));
    check.is_recorded = calloc(plan->n_populations + 1, 1);
    const int status = check.by_id != NULL && check.is_recorded != NULL
                           ? check_all(&check)
                           : sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    free(check.by_id);
    free(check.is_recorded);
    return status;
}
