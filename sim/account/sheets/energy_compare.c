/* --compare THEIRS.csv: another tool's rows beside ours, and why they differ. */
#include "sim/account/sheets/csv.h"
#include "sim/account/sheets/energy.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static int near(double a, double b)
{
    return fabs(a - b) <= 1e-9 * (fabs(a) + fabs(b));
}

/* Why their dense operations are not ours. */
static const char *why_dense(const struct sq_op *op, double timesteps, double ours, double theirs)
{
    const double full = (double)op->dense_full * timesteps, in = (double)op->dense_in * timesteps;
    const double bias = op->has_bias ? (double)op->n_out * timesteps : 0;
    const double row_bias = op->has_bias ? (double)op->out_channels * timesteps : 0;
    if (near(theirs, ours))
        return "";
    if (near(theirs * timesteps, ours))
        return "FLOPs: theirs is one timestep, T is left out";
    if (near(theirs, ours * timesteps))
        return "FLOPs: theirs is multiplied by T once more";
    if (near(theirs, in) && !near(full, in))
        return "FLOPs: theirs excludes padding taps";
    if (near(theirs, full + bias) && bias > 0)
        return "FLOPs: theirs holds the bias of every output";
    if (near(theirs, full + row_bias) && row_bias > 0)
        return "FLOPs: theirs holds the bias once per timestep, as syops does";
    if (near(theirs, 2 * ours))
        return "FLOPs: theirs counts multiplication and addition apart";
    return "FLOPs: another number of operations";
}

static const char *why_rate(const struct sq_source *source, const struct sq_op *op, double ours,
                            double theirs)
{
    const struct sq_op_count sum = sq_op_sum(op);
    const double n = (double)op->n_in * (double)sum.frames;
    if (fabs(ours - theirs) <= 5e-4)
        return "";
    if (fabs(theirs - 100 * ours) <= 0.05)
        return "rate: theirs is in percent";
    if (source->has_counts && n > 0 && fabs(theirs - (double)sum.nonzeros / n) <= 5e-4)
        return "rate: theirs is the share of nonzeros, ours the mean value";
    if (source->has_counts && n > 0 && fabs(theirs - (double)sum.units / n) <= 5e-4)
        return "rate: theirs is the mean value, ours the share of nonzeros";
    if (theirs == 1)
        return "rate: theirs takes the input as real-valued (MAC)";
    return "rate: another rate";
}

struct compare {
    struct sq_book *book;
    struct sq_sheet *sheet;
    const struct sq_source *source;
    const struct sq_bill *bill;
    const char *path;
    struct sq_csv csv;
    int name, rate, dense, ops;
};

static int their_number(struct sq_error *err, const struct compare *c, size_t row, int column,
                        double *value)
{
    *value = -1;
    if (column < 0 || sq_csv_cell(&c->csv, row, column)[0] == '\0')
        return SQ_OK;
    return sq_csv_number(err, c->path, &c->csv, row, column, 0, 1e18, value);
}

static void put_pair(const struct compare *c, size_t column, double ours, double theirs)
{
    if (ours >= 0)
        sq_sheet_number(c->book, c->sheet, column, ours);
    if (theirs >= 0)
        sq_sheet_number(c->book, c->sheet, column + 1, theirs);
}

static int add_row(struct sq_error *err, const struct compare *c, size_t row)
{
    const char *name = sq_csv_cell(&c->csv, row, c->name);
    const struct sq_counters *counters = &c->source->counters;
    const struct sq_op *op = sq_counters_find(counters, name);
    double rate, dense, ops;
    int rc = their_number(err, c, row, c->rate, &rate);
    if (rc == SQ_OK)
        rc = their_number(err, c, row, c->dense, &dense);
    if (rc == SQ_OK)
        rc = their_number(err, c, row, c->ops, &ops);
    if (rc != SQ_OK)
        return rc;
    if (op == NULL)
        return sq_fail(err, SQ_EFORMAT, "%s: line %u: %.64s: no such layer in %s", c->path,
                       c->csv.line[row], name, counters->config);
    const struct sq_cost *cost = &c->bill->cost[op - counters->op];
    const double timesteps = op->is_head ? 1 : counters->timesteps;
    const double our_ops = cost->acs + cost->macs;
    const char *because_dense = dense >= 0 ? why_dense(op, timesteps, cost->dense, dense) : "";
    const char *because_rate =
        rate >= 0 && cost->rate >= 0 ? why_rate(c->source, op, cost->rate, rate) : "";
    const char *because_ops =
        ops >= 0 && !near(ops, our_ops) && because_dense[0] == '\0' && because_rate[0] == '\0'
            ? "operations: rate and FLOPs agree or are not given; another convention"
            : "";
    sq_sheet_row(c->book, c->sheet);
    sq_sheet_text(c->book, c->sheet, 0, "%s", name);
    put_pair(c, 1, cost->rate, rate);
    put_pair(c, 3, cost->dense, dense);
    put_pair(c, 5, our_ops, ops);
    sq_sheet_text(c->book, c->sheet, 7, "%s%s%s%s",
                  because_dense[0] == '\0' && because_rate[0] == '\0' && because_ops[0] == '\0'
                      ? "agrees"
                      : because_rate,
                  because_rate[0] != '\0' && because_dense[0] != '\0' ? "; " : "", because_dense,
                  because_ops);
    return SQ_OK;
}

static int is_listed(const struct compare *c, const char *name)
{
    for (size_t row = 0; row < c->csv.n_rows; row++)
        if (strcmp(sq_csv_cell(&c->csv, row, c->name), name) == 0)
            return 1;
    return 0;
}

/* Layers that we price and they do not list. */
static void add_missing(const struct compare *c)
{
    const struct sq_counters *counters = &c->source->counters;
    for (size_t i = 0; i < counters->n_ops; i++) {
        const struct sq_cost *cost = &c->bill->cost[i];
        if (cost->acs + cost->macs == 0 || is_listed(c, counters->op[i].name))
            continue;
        sq_sheet_row(c->book, c->sheet);
        sq_sheet_text(c->book, c->sheet, 0, "%s", counters->op[i].name);
        put_pair(c, 1, cost->rate, -1);
        put_pair(c, 3, cost->dense, -1);
        put_pair(c, 5, cost->acs + cost->macs, -1);
        sq_sheet_text(c->book, c->sheet, 7, "theirs leaves it out");
    }
}

int sq_energy_compare(struct sq_error *err, struct sq_book *book, const struct sq_energy *energy,
                      const struct sq_source *source, const struct sq_bill *bill)
{
    struct compare c = {.book = book, .source = source, .bill = bill, .path = energy->compare};
    char title[300];
    int rc = sq_csv_read(err, c.path, &c.csv);
    if (rc == SQ_OK)
        rc = sq_csv_need(err, c.path, &c.csv, "name", &c.name);
    if (rc == SQ_OK) {
        c.rate = sq_csv_column(&c.csv, "rate");
        c.dense = sq_csv_column(&c.csv, "flops");
        if (c.dense < 0)
            c.dense = sq_csv_column(&c.csv, "dense");
        c.ops = sq_csv_column(&c.csv, "ops");
        if (c.rate < 0 && c.dense < 0 && c.ops < 0)
            rc = sq_fail(err, SQ_EFORMAT, "%s: heading: expected rate, flops or ops beside name",
                         c.path);
    }
    if (rc == SQ_OK) {
        snprintf(title, sizeof title, "%s beside %s, convention %s", energy->origin, c.path,
                 sq_convention_table[bill->convention].name);
        c.sheet = sq_book_sheet(book, "compare", title,
                                "layer|rate|their rate|T x FLOPs|their FLOPs|operations|their "
                                "operations|why");
    }
    for (size_t row = 0; rc == SQ_OK && row < c.csv.n_rows; row++)
        rc = add_row(err, &c, row);
    if (rc == SQ_OK)
        add_missing(&c);
    sq_csv_free(&c.csv);
    return rc;
}
