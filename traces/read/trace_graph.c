/* The tables node and operation of a trace file, read and checked. */
#include "traces/format/graph_check.h"
#include "traces/format/schema.h"
#include "traces/read/trace_rows.h"

/* A whole number in 0 .. most, or `none` for NULL; 0: it is neither. */
static int number_or_none(const struct sq_trace_row *row, int column, uint64_t most, int64_t none,
                          int64_t *value)
{
    uint64_t number;
    *value = none;
    if (sqlite3_column_type(row->statement, column) == SQLITE_NULL)
        return 1;
    if (!sq_trace_row_number(row, column, most, &number))
        return 0;
    *value = (int64_t)number;
    return 1;
}

static int read_texts(const struct sq_trace_row *row, struct sq_trace_node *node)
{
    char edge[32];
    if (!sq_trace_row_is_numbered(row) || !sq_trace_row_copy(row, 1, node->id, sizeof node->id) ||
        !sq_trace_row_copy(row, 2, node->op, sizeof node->op) ||
        !sq_trace_row_copy(row, 5, edge, sizeof edge) ||
        !sq_trace_row_copy(row, 7, node->roles, sizeof node->roles))
        return sq_trace_row_refuse(row, "its number, id, op, edge or roles cannot be read");
    node->inputs = sq_trace_row_text(row, 3);
    node->parameters = sq_trace_row_text(row, 4);
    if (node->inputs == NULL || node->parameters == NULL)
        return sq_trace_row_refuse(row, "its inputs or parameters are not text");
    const int found = sq_trace_edge_find(edge);
    node->edge = (enum sq_trace_edge)found;
    return found >= 0 ? SQ_OK : sq_trace_row_refuse(row, "its edge is unknown");
}

static int read_node(const struct sq_trace_row *row, void *to)
{
    struct sq_trace_node *node = to;
    int64_t max_value, channels, height, width;
    const int status = read_texts(row, node);
    if (status != SQ_OK)
        return status;
    if (!number_or_none(row, 6, SQ_TRACE_MAX_COUNT, 0, &max_value) ||
        !number_or_none(row, 8, SQ_TRACE_MAX_NEURONS, 0, &channels) ||
        !number_or_none(row, 9, SQ_TRACE_MAX_NEURONS, 0, &height) ||
        !number_or_none(row, 10, SQ_TRACE_MAX_NEURONS, 0, &width) ||
        !number_or_none(row, 11, SQ_TRACE_MAX_POPULATIONS, -1, &node->population))
        return sq_trace_row_refuse(row, "its max_value, sizes or population are not numbers of a "
                                        "node");
    node->max_value = (uint64_t)max_value;
    node->channels = (uint32_t)channels;
    node->height = (uint32_t)height;
    node->width = (uint32_t)width;
    return SQ_OK;
}

/* A text, "" for NULL. */
static int text_or_none(const struct sq_trace_row *row, int column, char *to, size_t size)
{
    to[0] = '\0';
    return sqlite3_column_type(row->statement, column) == SQLITE_NULL ||
           (sq_trace_row_copy(row, column, to, size) && to[0] != '\0');
}

static int read_operation(const struct sq_trace_row *row, void *to)
{
    struct sq_trace_operation *operation = to;
    int64_t fan_out, dense, adder_bits, factor_bits, weights;
    if (!sq_trace_row_is_numbered(row) ||
        !sq_trace_row_copy(row, 1, operation->name, sizeof operation->name) ||
        !sq_trace_row_copy(row, 2, operation->kind, sizeof operation->kind) ||
        !text_or_none(row, 3, operation->node, sizeof operation->node))
        return sq_trace_row_refuse(row, "its number, name, kind or node cannot be read");
    if (!number_or_none(row, 4, SQ_TRACE_MAX_COUNT, 0, &fan_out) ||
        !number_or_none(row, 5, SQ_TRACE_MAX_COUNT, 0, &dense) ||
        !number_or_none(row, 6, SQ_TRACE_MAX_BITS, 0, &adder_bits) ||
        !number_or_none(row, 7, SQ_TRACE_MAX_BITS, 0, &factor_bits) ||
        !number_or_none(row, 8, SQ_TRACE_MAX_COUNT, 0, &weights) ||
        !number_or_none(row, 9, SQ_TRACE_MAX_COUNT, -1, &operation->weight_zeros))
        return sq_trace_row_refuse(row, "its sizes, widths or weights are not numbers of an "
                                        "operation");
    operation->fan_out = (uint64_t)fan_out;
    operation->dense = (uint64_t)dense;
    operation->adder_bits = (uint32_t)adder_bits;
    operation->factor_bits = (uint32_t)factor_bits;
    operation->weights = (uint64_t)weights;
    return SQ_OK;
}

int sq_trace_read_graph(struct sq_error *err, struct sq_trace *trace)
{
    static const struct sq_trace_table node = {"node",
                                               SQ_TRACE_COUNT("node", "32769"),
                                               "SELECT * FROM node ORDER BY number",
                                               SQ_TRACE_MAX_NODES,
                                               sizeof(struct sq_trace_node),
                                               read_node};
    static const struct sq_trace_table operation = {"operation",
                                                    SQ_TRACE_COUNT("operation", "32769"),
                                                    "SELECT * FROM operation ORDER BY number",
                                                    SQ_TRACE_MAX_OPERATIONS,
                                                    sizeof(struct sq_trace_operation),
                                                    read_operation};
    struct sq_trace_plan *plan = &trace->plan;
    int status = sq_trace_read_table(err, trace, &node, &plan->node, &plan->n_nodes);
    if (status == SQ_OK)
        status = sq_trace_read_table(err, trace, &operation, &plan->operation, &plan->n_operations);
    return status == SQ_OK ? sq_trace_check_graph(err, trace->store.path, SQ_EFORMAT, plan)
                           : status;
}
