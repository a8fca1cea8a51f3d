/* What single samples cost, and classes of them, as a sheet. */
#include "sim/account/sheets/energy.h"

#include <stdio.h>

static void add_samples(struct sq_book *book, struct sq_sheet *sheet,
                        const struct sq_samples *samples, const struct sq_hardware *hardware)
{
    for (size_t i = 0; i < samples->n; i++) {
        const struct sq_sample *s = &samples->sample[i];
        sq_sheet_row(book, sheet);
        sq_sheet_text(book, sheet, 0, "%llu", (unsigned long long)s->id);
        if (s->label >= 0)
            sq_sheet_text(book, sheet, 1, "%lld", (long long)s->label);
        sq_sheet_number(book, sheet, 2, (double)s->acs);
        sq_sheet_number(book, sheet, 3, (double)s->macs);
        sq_sheet_number(book, sheet, 4, sq_sample_mj(s, hardware, SQ_EXACT));
        sq_sheet_number(book, sheet, 5, s->paper_acs);
        sq_sheet_number(book, sheet, 6, sq_sample_mj(s, hardware, SQ_PAPER));
    }
}

static void add_class(struct sq_book *book, struct sq_sheet *sheet,
                      const struct sq_samples *samples, const struct sq_hardware *hardware,
                      int64_t label)
{
    const struct sq_spread exact = sq_samples_spread(samples, hardware, SQ_EXACT, label);
    const struct sq_spread paper = sq_samples_spread(samples, hardware, SQ_PAPER, label);
    if (exact.n == 0)
        return;
    sq_sheet_row(book, sheet);
    if (label == SQ_ALL_LABELS)
        sq_sheet_text(book, sheet, 0, "all");
    else
        sq_sheet_text(book, sheet, 0, "%lld", (long long)label);
    sq_sheet_text(book, sheet, 1, "%llu", (unsigned long long)exact.n);
    sq_sheet_number(book, sheet, 2, exact.mean_mj);
    sq_sheet_number(book, sheet, 3, exact.std_mj);
    sq_sheet_number(book, sheet, 4, paper.mean_mj);
    sq_sheet_number(book, sheet, 5, paper.std_mj);
}

int sq_samples_sheet(struct sq_error *err, struct sq_book *book, const char *origin,
                     const struct sq_samples *samples, const struct sq_hardware *hardware,
                     int by_class)
{
    int64_t most = -1;
    char title[200];
    for (size_t i = 0; i < samples->n; i++)
        most = samples->sample[i].label > most ? samples->sample[i].label : most;
    if (samples->n == 0 || (by_class && most < 0))
        return sq_fail(err, SQ_EUNSUPPORTED, SQ_OPT "per %s: %s has no %s, expected a report of %s",
                       by_class ? "class" : "sample", origin, by_class ? "labels" : "samples",
                       by_class ? "a run with " SQ_OPT "labels" : "this spikeq");
    snprintf(title, sizeof title, "%s: %s, hardware %s", origin, by_class ? "classes" : "samples",
             hardware->name);
    if (!by_class) {
        add_samples(book,
                    sq_book_sheet(book, "samples", title,
                                  "sample|label|exact ACs|exact MACs|exact_mj|paper ACs|paper_mj"),
                    samples, hardware);
        return SQ_OK;
    }
    struct sq_sheet *sheet = sq_book_sheet(
        book, "classes", title, "class|samples|exact_mj|exact std_mj|paper_mj|paper std_mj");
    for (int64_t label = 0; label <= most; label++)
        add_class(book, sheet, samples, hardware, label);
    add_class(book, sheet, samples, hardware, SQ_ALL_LABELS);
    sq_sheet_note(book, sheet,
                  "means of samples priced one by one, under default switches; paper takes the "
                  "lesser rate of attention's operands in each, where the energy of all samples "
                  "takes it once");
    return SQ_OK;
}
