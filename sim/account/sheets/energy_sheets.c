/* Bills as sheets: a summary of conventions, then layers, blocks or timesteps. */
#include "sim/account/sheets/energy.h"

#include "kernels/base/option_names.h"

#include <stdio.h>
#include <string.h>

/* Whose packets an operation receives. */
static const char *senders_of(const struct sq_op *op)
{
    return op->kind == SQ_OP_SSA ? "q, k, v" : op->source;
}

/* Lower rates than this make the spiking layer cheaper than one dense pass of the same layer. */
static double break_even(const struct sq_energy *energy, const struct sq_counters *counters)
{
    const double mac = energy->hardware.price[SQ_PRICE_MAC].energy_pj;
    const double ac = energy->hardware.price[SQ_PRICE_AC].energy_pj;
    return ac > 0 && mac > 0 ? mac / (ac * counters->timesteps) : -1;
}

static void put(struct sq_book *book, struct sq_sheet *sheet, size_t column, double value)
{
    if (value >= 0)
        sq_sheet_number(book, sheet, column, value);
}

static void add_layer(struct sq_book *book, struct sq_sheet *sheet, const struct sq_energy *energy,
                      const struct sq_counters *counters, const struct sq_bill *bill, size_t i)
{
    const struct sq_op *op = &counters->op[i];
    const struct sq_cost *cost = &bill->cost[i];
    const double formula = cost->acs + cost->macs;
    sq_sheet_row(book, sheet);
    sq_sheet_text(book, sheet, 0, "%s", op->name);
    sq_sheet_text(book, sheet, 1, "%s", op->is_head ? "head" : sq_op_kind_name(op->kind));
    put(book, sheet, 2, cost->rate);
    if (cost->dense > 0) {
        sq_sheet_text(book, sheet, 3, "%s", senders_of(op));
        sq_sheet_text(book, sheet, 4, "%.0f", cost->dense);
    }
    put(book, sheet, 5, formula);
    put(book, sheet, 6, cost->exact);
    if (cost->exact >= 0)
        sq_sheet_number(book, sheet, 7, formula - cost->exact);
    put(book, sheet, 8, cost->acs);
    put(book, sheet, 9, cost->macs);
    sq_sheet_number(book, sheet, 10, cost->energy_pj);
    if (cost->dense > 0 && !op->is_analog && !op->is_head && !bill->is_by_width &&
        break_even(energy, counters) > 0)
        sq_sheet_number(book, sheet, 11, break_even(energy, counters));
}

static void add_layers(struct sq_book *book, const struct sq_energy *energy,
                       const struct sq_source *source, const struct sq_bill *bill)
{
    char title[200], name[32];
    snprintf(title, sizeof title, "%s: layers, per sample, convention %s", energy->origin,
             sq_convention_table[bill->convention].name);
    snprintf(name, sizeof name, "layers_%s", sq_convention_table[bill->convention].name);
    struct sq_sheet *sheet = sq_book_sheet(
        book, name, title,
        "layer|+kind|rate|+of|+T x FLOPs|+operations|+exact|+difference|ACs|MACs|energy_pj|"
        "+break-even rate");
    sheet->is_aside = energy->per != SQ_PER_LAYER;
    for (size_t i = 0; i < source->counters.n_ops; i++) {
        const struct sq_cost *cost = &bill->cost[i];
        if (cost->dense > 0 || cost->acs > 0 || cost->macs > 0 || cost->energy_pj != 0 ||
            source->counters.op[i].kind == SQ_OP_NEURON)
            add_layer(book, sheet, energy, &source->counters, bill, i);
    }
    sq_sheet_note(book, sheet,
                  "break-even rate: below it the layer costs less than one dense pass of MACs");
}

/* The modules that all names have in common, or the last operation's where they have none. */
static const char *part_name(const struct sq_op *op, size_t n, char *text, size_t size)
{
    size_t common = 0;
    for (size_t i = 0; op[0].name[i] != '\0'; i++) {
        size_t same = 0;
        while (same < n && op[same].name[i] == op[0].name[i])
            same++;
        if (same < n)
            break;
        common = op[0].name[i] == '.' ? i : common;
    }
    snprintf(text, size, "%.*s", common > 0 ? (int)common : (int)size,
             op[common > 0 ? 0 : n - 1].name);
    return text;
}

static void add_blocks(struct sq_book *book, const struct sq_energy *energy,
                       const struct sq_source *source, const struct sq_bill *bill)
{
    const struct sq_counters *counters = &source->counters;
    char title[200], name[32];
    snprintf(title, sizeof title, "%s: blocks, per sample, convention %s", energy->origin,
             sq_convention_table[bill->convention].name);
    snprintf(name, sizeof name, "blocks_%s", sq_convention_table[bill->convention].name);
    struct sq_sheet *sheet = sq_book_sheet(book, name, title, "block|ACs|MACs|energy_pj");
    for (size_t i = 0; i < counters->n_ops;) {
        const int block = counters->op[i].block;
        const size_t first = i;
        double sum[3] = {0, 0, 0};
        for (; i < counters->n_ops && counters->op[i].block == block; i++) {
            sum[0] += bill->cost[i].acs;
            sum[1] += bill->cost[i].macs;
            sum[2] += bill->cost[i].energy_pj;
        }
        sq_sheet_row(book, sheet);
        sq_sheet_text(book, sheet, 0, "%s",
                      part_name(&counters->op[first], i - first, name, sizeof name));
        for (size_t c = 0; c < 3; c++)
            sq_sheet_number(book, sheet, c + 1, sum[c]);
    }
}

static int add_timesteps(struct sq_error *err, struct sq_book *book, const struct sq_energy *energy,
                         const struct sq_source *source, enum sq_convention convention)
{
    char title[200], name[32], names[120];
    int rc = SQ_OK;
    if (!source->has_counts || (!sq_convention_is(convention, SQ_BY_TIMESTEP)))
        return sq_fail(
            err, SQ_EUNSUPPORTED,
            SQ_OPT "per timestep: convention %s looks at all timesteps at once, expected " SQ_OPT
                   "convention %s, and a report",
            sq_convention_table[convention].name,
            sq_convention_names(SQ_BY_TIMESTEP, NULL, names, sizeof names));
    snprintf(title, sizeof title, "%s: timesteps, per sample, convention %s", energy->origin,
             sq_convention_table[convention].name);
    snprintf(name, sizeof name, "timesteps_%s", sq_convention_table[convention].name);
    struct sq_sheet *sheet = sq_book_sheet(book, name, title, "t|ACs|MACs|energy_pj");
    for (uint32_t t = 0; rc == SQ_OK && t < source->counters.timesteps; t++) {
        struct sq_source step;
        struct sq_bill bill;
        rc = sq_source_at_timestep(err, &book->arena, source, t, &step);
        if (rc == SQ_OK)
            rc = sq_bill_make(err, &book->arena, &step, convention, &energy->hardware,
                              &energy->switches, &bill);
        if (rc != SQ_OK)
            break;
        sq_sheet_row(book, sheet);
        sq_sheet_text(book, sheet, 0, "%u", t);
        sq_sheet_number(book, sheet, 1, bill.acs);
        sq_sheet_number(book, sheet, 2, bill.macs);
        sq_sheet_number(book, sheet, 3, bill.energy_mj * 1e9);
    }
    return rc;
}

static int add_details(struct sq_error *err, struct sq_book *book, const struct sq_energy *energy,
                       const struct sq_source *source, const struct sq_bill *bill)
{
    if (energy->per == SQ_PER_TIMESTEP)
        return add_timesteps(err, book, energy, source, bill->convention);
    if (energy->per == SQ_PER_BLOCK)
        add_blocks(book, energy, source, bill);
    else if (energy->per == SQ_PER_LAYER || energy->convention >= 0)
        add_layers(book, energy, source, bill);
    return SQ_OK;
}

int sq_energy_bills(struct sq_error *err, struct sq_arena *arena, const struct sq_energy *energy,
                    const struct sq_source *source, struct sq_bill *bill, size_t *n)
{
    if (energy->convention < 0)
        return sq_bill_make_all(err, arena, source, &energy->hardware, &energy->switches, bill, n);
    *n = 1;
    return sq_bill_make(err, arena, source, (enum sq_convention)energy->convention,
                        &energy->hardware, &energy->switches, bill);
}

/* Of single samples the operations of all layers together are known, under default switches: a
 * choice that would change nothing is refused. */
static int check_samples(struct sq_error *err, const struct sq_energy *energy,
                         const struct sq_bill *bill)
{
    const struct sq_switches plain = sq_switches_default();
    char chosen[64], usual[64];
    if (bill->is_by_width)
        return sq_fail(err, SQ_EUNSUPPORTED,
                       SQ_OPT
                       "per sample, class: of each sample the operations of all layers together "
                       "are known, and %s prices them by their width; expected " SQ_OPT
                       "per layer, block or timestep, or another " SQ_OPT "hardware",
                       energy->hardware.name);
    for (size_t i = 0; i < sq_n_switches; i++) {
        sq_switch_choice(&energy->switches, i, chosen, sizeof chosen);
        if (strcmp(chosen, sq_switch_choice(&plain, i, usual, sizeof usual)) != 0 &&
            (sq_switch_concerns(sq_switch_table[i].key, sq_convention_table[SQ_EXACT].name) ||
             sq_switch_concerns(sq_switch_table[i].key, sq_convention_table[SQ_PAPER].name)))
            return sq_fail(
                err, SQ_EUNSUPPORTED,
                SQ_OPT "per sample, class: samples are counted under default switches, and " SQ_OPT
                       "switch %s=%s would change nothing; leave it out",
                sq_switch_table[i].key, chosen);
    }
    return SQ_OK;
}

int sq_energy_sheets(struct sq_error *err, struct sq_book *book, const struct sq_energy *energy,
                     const struct sq_source *source)
{
    struct sq_bill bill[SQ_CONVENTIONS];
    size_t n = 0;
    int rc = sq_energy_bills(err, &book->arena, energy, source, bill, &n);
    if (rc == SQ_OK)
        rc = sq_energy_warn(err, energy, source, bill, n);
    if (rc == SQ_OK)
        rc = sq_energy_summary(err, book, energy, source, bill, n);
    if (rc == SQ_OK && energy->per >= SQ_PER_SAMPLE)
        rc = check_samples(err, energy, &bill[0]);
    if (rc == SQ_OK && energy->per >= SQ_PER_SAMPLE)
        return sq_samples_sheet(err, book, energy->origin, &source->samples, &energy->hardware,
                                energy->per == SQ_PER_CLASS);
    for (size_t i = 0; rc == SQ_OK && i < n; i++)
        rc = add_details(err, book, energy, source, &bill[i]);
    if (rc == SQ_OK && energy->compare != NULL)
        rc = sq_energy_compare(err, book, energy, source, &bill[0]);
    return rc;
}
