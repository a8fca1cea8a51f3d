#include "sim/account/sheets/energy.h"

#include "sim/account/sheets/counters_read.h"
#include "sim/account/sheets/csv.h"

#include <string.h>

/* Where a rate goes: operation and which of its three. */
struct slot {
    size_t op;
    int which;
};

static int needs_rate(const struct sq_op *op)
{
    return (sq_op_is_layer(op) || op->kind == SQ_OP_DSSA) && !op->is_analog && !op->is_head &&
           !op->is_real;
}

static const char *const roles[3] = {"q", "k", "v"};

/* A population of attention -> its block's SSA operation, which of the three. */
static int slot_of_population(const struct sq_counters *counters, const struct sq_op *op,
                              struct slot *slot)
{
    int which = 0;
    while (which < 3 && strcmp(op->role, roles[which]) != 0)
        which++;
    if (op->kind != SQ_OP_NEURON || which == 3)
        return 0;
    for (size_t i = 0; i < counters->n_ops; i++)
        if ((counters->op[i].kind == SQ_OP_SSA || counters->op[i].kind == SQ_OP_SUM) &&
            counters->op[i].block == op->block)
            *slot = (struct slot){i, which};
    return 1;
}

/* Largest value of an operation's input: each residual addition adds 0 or 1 to the stream. */
static double most_of(const struct sq_counters *counters, const struct sq_op *op)
{
    double most = 1;
    for (const struct sq_op *at = counters->op; op->from_stream && at < op; at++)
        most += at->kind == SQ_OP_ADD;
    return most;
}

/* A layer that needs a rate, as an example; of a network without one, its first operation. */
static const char *example(const struct sq_counters *counters)
{
    size_t i = 0;
    while (i < counters->n_ops && !needs_rate(&counters->op[i]))
        i++;
    return counters->op[i < counters->n_ops ? i : 0].name;
}

static int read_row(struct sq_error *err, const char *path, const struct sq_csv *csv, size_t row,
                    const int column[2], struct sq_source *out, unsigned char (*seen)[3])
{
    const char *name = sq_csv_cell(csv, row, column[0]);
    const struct sq_op *op = sq_counters_find(&out->counters, name);
    struct slot slot = {0, 0};
    double value;
    if (op == NULL)
        return sq_fail(err, SQ_EFORMAT,
                       "%s: line %u: %.64s: no such layer, expected one of config %s, such as %s",
                       path, csv->line[row], name, out->counters.config, example(&out->counters));
    const int rc =
        sq_csv_number(err, path, csv, row, column[1], 0, most_of(&out->counters, op), &value);
    if (rc != SQ_OK)
        return rc;
    if (needs_rate(op))
        slot.op = (size_t)(op - out->counters.op);
    else if (!slot_of_population(&out->counters, op, &slot))
        return SQ_OK; /* a known module whose rate no formula takes */
    if (seen[slot.op][slot.which]++)
        return sq_fail(err, SQ_EFORMAT, "%s: line %u: %.64s: given twice, expected once", path,
                       csv->line[row], name);
    out->rate[slot.op][slot.which] = value;
    return SQ_OK;
}

static int check_complete(struct sq_error *err, const char *path, const struct sq_source *source,
                          unsigned char (*seen)[3])
{
    for (size_t i = 0; i < source->counters.n_ops; i++) {
        const struct sq_op *op = &source->counters.op[i];
        if (needs_rate(op) && !seen[i][0])
            return sq_fail(err, SQ_EFORMAT, "%s: %s: missing, expected the rate of its input", path,
                           op->name);
        for (int which = 0; op->kind == SQ_OP_SSA && which < 3; which++) {
            const struct sq_op *from =
                sq_population_of_role(&source->counters, op->block, roles[which]);
            if (!seen[i][which])
                return sq_fail(err, SQ_EFORMAT, "%s: %s: missing, expected its rate", path,
                               from != NULL ? from->name : op->name);
        }
    }
    return SQ_OK;
}

int sq_rates_read(struct sq_error *err, const char *path, const struct sq_config *config,
                  struct sq_source *out)
{
    struct sq_csv csv;
    unsigned char(*seen)[3] = NULL;
    int column[2];
    int rc = sq_csv_read(err, path, &csv);
    if (rc == SQ_OK)
        rc = sq_csv_need(err, path, &csv, "name", &column[0]);
    if (rc == SQ_OK)
        rc = sq_csv_need(err, path, &csv, "rate", &column[1]);
    if (rc == SQ_OK)
        rc = sq_counters_from_config(err, config, &out->counters);
    if (rc == SQ_OK) {
        struct sq_counters *counters = &out->counters;
        out->rate = sq_arena_alloc(&counters->arena, counters->n_ops, sizeof *out->rate);
        seen = sq_arena_alloc(&counters->arena, counters->n_ops, sizeof *seen);
        if (out->rate == NULL || seen == NULL)
            rc = sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    }
    for (size_t row = 0; rc == SQ_OK && row < csv.n_rows; row++)
        rc = read_row(err, path, &csv, row, column, out, seen);
    if (rc == SQ_OK)
        rc = check_complete(err, path, out, seen);
    sq_csv_free(&csv);
    return rc;
}
