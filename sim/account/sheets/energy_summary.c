/* The first sheet: one row a convention, and the ANN. */
#include "sim/account/sheets/energy.h"

#include "sim/account/price/paper_views.h"

#include <math.h>
#include <stdio.h>

static void add_row(struct sq_book *book, struct sq_sheet *sheet, const struct sq_bill *bill,
                    double ann_mj)
{
    sq_sheet_row(book, sheet);
    sq_sheet_text(book, sheet, 0, "%s", sq_convention_table[bill->convention].name);
    sq_sheet_number(book, sheet, 1, bill->acs / 1e9);
    sq_sheet_number(book, sheet, 2, bill->macs / 1e9);
    sq_sheet_number(book, sheet, 3, bill->energy_mj);
    if (sq_bill_has_ratio(bill))
        sq_sheet_number(book, sheet, 4, ann_mj / bill->energy_mj);
    sq_sheet_text(book, sheet, 5, "%s", sq_convention_table[bill->convention].what);
}

static void add_ann(struct sq_book *book, struct sq_sheet *sheet, const struct sq_energy *energy,
                    const struct sq_counters *counters)
{
    const double macs = sq_ann_macs(counters);
    const double mj = sq_ann_mj(counters, &energy->hardware);
    sq_sheet_row(book, sheet);
    sq_sheet_text(book, sheet, 0, "ann");
    sq_sheet_number(book, sheet, 1, 0);
    sq_sheet_number(book, sheet, 2, macs / 1e9);
    sq_sheet_number(book, sheet, 3, mj);
    if (!isnan(mj))
        sq_sheet_number(book, sheet, 4, 1);
    sq_sheet_text(book, sheet, 5, "the same topology as an ANN: every layer dense, one pass, MACs");
}

int sq_energy_summary(struct sq_error *err, struct sq_book *book, const struct sq_energy *energy,
                      const struct sq_source *source, const struct sq_bill *bill, size_t n)
{
    const struct sq_counters *counters = &source->counters;
    char title[1000], basis[400], samples[40] = "rates", of_view[80] = "";
    if (source->has_counts)
        snprintf(samples, sizeof samples, "%llu sample%s", (unsigned long long)counters->n_samples,
                 counters->n_samples == 1 ? "" : "s");
    for (size_t i = 0; i < n; i++)
        if (sq_convention_is(bill[i].convention, SQ_BY_VIEW))
            snprintf(of_view, sizeof of_view, ", published by view %s",
                     sq_paper_view_of(counters, &energy->switches)->name);
    snprintf(title, sizeof title, "%.400s: energy per sample (%s, T = %u, %s, %s%s)",
             energy->origin, counters->config, counters->timesteps, samples,
             sq_energy_basis(energy, basis, sizeof basis), of_view);
    struct sq_sheet *sheet =
        sq_book_sheet(book, "summary", title, "convention|G ACs|G MACs|energy_mj|ANN / this|+what");
    const double ann_mj = sq_ann_mj(counters, &energy->hardware);
    for (size_t i = 0; i < n; i++)
        add_row(book, sheet, &bill[i], ann_mj);
    add_ann(book, sheet, energy, counters);
    sheet->is_aside = energy->per != SQ_PER_NONE || energy->compare != NULL;
    sq_energy_notes(book, sheet, energy, source, bill, n);
    return book->failed ? sq_fail(err, SQ_ENOMEM, "out of memory for the tables") : SQ_OK;
}
