/* --table FILE.csv: any network, from name, kind, FLOPs and rate. */
#include "sim/account/sheets/csv.h"
#include "sim/account/sheets/energy.h"
#include "sim/json/decimal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Kinds of rows: those that multiply, those that add. */
static int is_mac_kind(struct sq_error *err, const char *path, const struct sq_csv *csv, size_t row,
                       int column, int *is_mac)
{
    static const char *const mac[] = {"mac", "first", "head"};
    static const char *const ac[] = {"ac", "conv", "linear", "ssa"};
    const char *kind = sq_csv_cell(csv, row, column);
    for (size_t i = 0; i < sizeof mac / sizeof *mac; i++)
        if (strcmp(kind, mac[i]) == 0)
            return *is_mac = 1, SQ_OK;
    for (size_t i = 0; i < sizeof ac / sizeof *ac; i++)
        if (strcmp(kind, ac[i]) == 0)
            return *is_mac = 0, SQ_OK;
    return sq_fail(err, SQ_EFORMAT,
                   "%s: line %u: %.64s: kind \"%.32s\", expected mac, first, head (multiplied) or "
                   "ac, conv, linear, ssa (added)",
                   path, csv->line[row], sq_csv_cell(csv, row, 0), kind);
}

struct sum {
    double macs, acs, dense;
};

static int add_row(struct sq_error *err, struct sq_book *book, struct sq_sheet *sheet,
                   const struct sq_energy *energy, const char *path, const struct sq_csv *csv,
                   size_t row, const int column[4], struct sum *sum)
{
    const char *name = sq_csv_cell(csv, row, column[0]);
    double dense, rate = 1;
    int is_mac = 0;
    int rc = is_mac_kind(err, path, csv, row, column[1], &is_mac);
    if (rc == SQ_OK)
        rc = sq_csv_number(err, path, csv, row, column[2], 0, 1e18, &dense);
    if (rc == SQ_OK && !(is_mac && sq_csv_cell(csv, row, column[3])[0] == '\0'))
        rc = sq_csv_number(err, path, csv, row, column[3], 0, 1, &rate);
    for (size_t before = 0; rc == SQ_OK && before < row; before++)
        if (strcmp(sq_csv_cell(csv, before, column[0]), name) == 0)
            rc = sq_fail(err, SQ_EFORMAT, "%s: line %u: %.64s: given twice, expected once", path,
                         csv->line[row], name);
    if (rc != SQ_OK)
        return rc;
    const double ops = is_mac ? dense : rate * dense;
    sum->macs += is_mac ? ops : 0;
    sum->acs += is_mac ? 0 : ops;
    sum->dense += dense;
    sq_sheet_row(book, sheet);
    sq_sheet_text(book, sheet, 0, "%s", name);
    sq_sheet_text(book, sheet, 1, "%s", sq_csv_cell(csv, row, column[1]));
    sq_sheet_number(book, sheet, 2, dense);
    sq_sheet_number(book, sheet, 3, is_mac ? 1 : rate);
    sq_sheet_number(book, sheet, 4, ops);
    sq_sheet_number(book, sheet, 5,
                    sq_operations_pj(&energy->hardware, NULL, is_mac ? 0 : ops, is_mac ? ops : 0));
    return SQ_OK;
}

static void add_total(struct sq_book *book, struct sq_sheet *sheet, const struct sq_energy *energy,
                      const struct sum *sum)
{
    const double mj = sq_operations_pj(&energy->hardware, NULL, sum->acs / 1e9, sum->macs / 1e9);
    char a[SQ_DECIMAL_BYTES], b[SQ_DECIMAL_BYTES], c[SQ_DECIMAL_BYTES];
    sq_sheet_row(book, sheet);
    sq_sheet_text(book, sheet, 0, "total");
    sq_sheet_number(book, sheet, 2, sum->dense);
    sq_sheet_number(book, sheet, 4, sum->macs + sum->acs);
    sq_sheet_number(book, sheet, 5, mj * 1e9);
    sq_sheet_note(book, sheet, "%s G MACs, %s G ACs, %s mJ", sq_decimal(a, sum->macs / 1e9),
                  sq_decimal(b, sum->acs / 1e9), isnan(mj) ? "-" : sq_decimal(c, mj));
    sq_sheet_note(book, sheet,
                  "FLOPs as given, of one sample and all its timesteps; rate x FLOPs is the paper "
                  "convention");
}

/* Prices that the profile lacks; the ANN is not asked for. */
static int warn_prices(struct sq_error *err, const struct sq_energy *energy, const char *path,
                       const struct sum *sum)
{
    const struct sq_bill bill = {
        .convention = SQ_PAPER,
        .macs = sum->macs,
        .acs = sum->acs,
        .lacks_mac = isnan(sq_price_of(&energy->hardware, SQ_PRICE_MAC, sum->macs)),
        .lacks_ac = isnan(sq_price_of(&energy->hardware, SQ_PRICE_AC, sum->acs))};
    const struct sq_source source = {.has_counts = 0};
    const struct sq_priced priced = {.origin = path,
                                     .source = &source,
                                     .hardware = &energy->hardware,
                                     .switches = &energy->switches,
                                     .bill = &bill,
                                     .n_bills = 1};
    return sq_priced_warn(err, &priced);
}

int sq_energy_table(struct sq_error *err, struct sq_book *book, const struct sq_energy *energy,
                    const char *path)
{
    static const char *const name[4] = {"name", "kind", "flops", "rate"};
    struct sq_csv csv;
    struct sum sum = {0, 0, 0};
    int column[4] = {0};
    char title[200];
    if (energy->convention >= 0 && energy->convention != SQ_PAPER)
        return sq_fail(
            err, SQ_EUNSUPPORTED,
            SQ_OPT
            "convention %s: a table of rates knows no more than rate x FLOPs, expected paper",
            sq_convention_table[energy->convention].name);
    int rc = sq_csv_read(err, path, &csv);
    for (int i = 0; rc == SQ_OK && i < 4; i++)
        if (i != 2 || (column[i] = sq_csv_column(&csv, "dense")) < 0) /* its older name */
            rc = sq_csv_need(err, path, &csv, name[i], &column[i]);
    snprintf(title, sizeof title, "%s: convention paper, hardware %s", path, energy->hardware.name);
    struct sq_sheet *sheet =
        sq_book_sheet(book, "table", title, "layer|kind|T x FLOPs|rate|operations|energy_pj");
    for (size_t row = 0; rc == SQ_OK && row < csv.n_rows; row++)
        rc = add_row(err, book, sheet, energy, path, &csv, row, column, &sum);
    if (rc == SQ_OK)
        add_total(book, sheet, energy, &sum);
    if (rc == SQ_OK)
        rc = warn_prices(err, energy, path, &sum);
    sq_csv_free(&csv);
    return rc;
}
