#include "sim/graph/graph_text.h"

#include "sim/graph/parameters.h"

#include <inttypes.h>
#include <string.h>

enum column { STEP, NODE, OPERATION, ROLE, SENDS, SHAPE, READS, WEIGHTS, FAN_OUT, DENSE, COLUMNS };
enum { CELL_BYTES = 320 };

static const struct {
    const char *name;
    bool is_number;
} column[COLUMNS] = {
    [STEP] = {"step", true},
    [NODE] = {"node", false},
    [OPERATION] = {"operation", false},
    [ROLE] = {"role", false},
    [SENDS] = {"sends", false},
    [SHAPE] = {"CxHxW", false},
    [READS] = {"reads", false},
    [WEIGHTS] = {"weights", true},
    [FAN_OUT] = {"fan-out", true},
    [DENSE] = {"dense ops", true},
};

/* A table while it is written. */
struct table {
    const struct sq_graph *graph;
    const struct sq_graph_note *note;
};

void sq_graph_write_operation(char *text, size_t size, const struct sq_graph_node *node)
{
    char parameters[128];
    sq_parameters_describe(parameters, sizeof parameters, node);
    snprintf(text, size, "%s%s%s", sq_operation_name(node->operation),
             parameters[0] != '\0' ? " " : "", parameters);
}

void sq_graph_write_edge(char *text, size_t size, const struct sq_graph_node *node)
{
    if (node->edge == SQ_EDGE_COUNTS && node->operation != SQ_OPERATION_INPUT)
        snprintf(text, size, "%s 0..%u", sq_edge_name(node->edge), node->max_value);
    else
        snprintf(text, size, "%s", sq_edge_name(node->edge));
}

void sq_graph_write_shape(char *text, size_t size, const struct sq_graph_node *node)
{
    snprintf(text, size, "%ux%ux%u", node->out_channels, node->out_height, node->out_width);
}

static void write_role(char *text, size_t size, const struct sq_graph_node *node)
{
    if (node->block < 0)
        snprintf(text, size, "%s", node->role);
    else
        snprintf(text, size, "block %d%s%s", node->block, node->role[0] != '\0' ? " " : "",
                 node->role);
}

static void write_inputs(char *text, size_t size, const struct sq_graph *graph,
                         const struct sq_graph_node *node)
{
    size_t used = 0;
    text[0] = '\0';
    for (uint32_t i = 0; i < node->n_inputs && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", i > 0 ? ", " : "",
                                 graph->node[node->input[i]].id);
}

static void write_count(char *text, size_t size, uint64_t count, const char *unit)
{
    if (count > 0)
        snprintf(text, size, "%" PRIu64 "%s", count, unit);
}

static void write_cell(const struct table *table, uint32_t i, enum column which,
                       char text[CELL_BYTES])
{
    const struct sq_graph_node *node = &table->graph->node[i];
    const struct sq_graph_note *note = &table->note[i];
    text[0] = '\0';
    switch (which) {
    case STEP:
        return write_count(text, CELL_BYTES, note->step, "");
    case NODE:
        snprintf(text, CELL_BYTES, "%s", node->id);
        return;
    case OPERATION:
        return sq_graph_write_operation(text, CELL_BYTES, node);
    case ROLE:
        return write_role(text, CELL_BYTES, node);
    case SENDS:
        return sq_graph_write_edge(text, CELL_BYTES, node);
    case SHAPE:
        return sq_graph_write_shape(text, CELL_BYTES, node);
    case READS:
        return write_inputs(text, CELL_BYTES, table->graph, node);
    case WEIGHTS:
        return write_count(text, CELL_BYTES, note->weights, "");
    case FAN_OUT:
        return write_count(text, CELL_BYTES, note->fan_out, "");
    default:
        return write_count(text, CELL_BYTES, note->dense,
                           note->is_once      ? " MAC a sample"
                           : note->multiplies ? " MAC"
                                              : "");
    }
}

static size_t width_of(const struct table *table, enum column which)
{
    char text[CELL_BYTES];
    size_t width = strlen(column[which].name);
    for (uint32_t i = 0; i < table->graph->n_nodes; i++) {
        write_cell(table, i, which, text);
        width = strlen(text) > width ? strlen(text) : width;
    }
    return width;
}

/* A line without spaces at its end. `gap`: spaces that are due before the next text. */
static void put_cell(FILE *to, const char *text, size_t width, bool is_number, size_t *gap)
{
    const size_t n = strlen(text), rest = width - n;
    *gap += is_number ? rest : 0;
    if (n > 0) {
        fprintf(to, "%*s%s", (int)*gap, "", text);
        *gap = 0;
    }
    *gap += is_number ? 2 : rest + 2;
}

void sq_graph_write_table(FILE *to, const struct sq_graph *graph, const struct sq_graph_note *note)
{
    const struct table table = {graph, note};
    char text[CELL_BYTES];
    size_t width[COLUMNS], gap = 0;
    for (int c = 0; c < COLUMNS; c++)
        width[c] = width_of(&table, (enum column)c);
    for (int c = 0; c < COLUMNS; c++)
        put_cell(to, column[c].name, width[c], column[c].is_number, &gap);
    fputc('\n', to);
    for (uint32_t i = 0; i < graph->n_nodes; i++) {
        gap = 0;
        for (int c = 0; c < COLUMNS; c++) {
            write_cell(&table, i, (enum column)c, text);
            put_cell(to, text, width[c], column[c].is_number, &gap);
        }
        fputc('\n', to);
    }
}
