#include "sim/account/price/samples.h"

#include "sim/account/price/exact.h"
#include "sim/account/price/paper.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void sq_sample_add_call(struct sq_sample *s, const struct sq_op *op, const struct sq_op_group *call,
                        const struct sq_op_count *sum, const struct sq_switches *switches)
{
    if (op->kind != SQ_OP_NEURON && op->kind != SQ_OP_SSA && op->kind != SQ_OP_CONV &&
        op->kind != SQ_OP_LINEAR)
        return;
    if (op->kind == SQ_OP_NEURON) {
        s->spikes += sum->out_nonzeros;
        s->silent += op->n_in * sum->frames - sum->out_nonzeros;
        return;
    }
    const struct sq_exact c = sq_exact_of(op, sum, call->n_calls, call->is);
    const struct sq_paper p = sq_paper_of(op, sum, 1, switches);
    s->acs += sq_exact_acs(op, &c, switches);
    s->macs += sq_exact_macs(op, &c, switches);
    s->paper_acs += p.sops;
    s->paper_macs += p.macs;
}

struct sq_sample sq_sample_of(const struct sq_counters *counters, const struct sq_op_group *call,
                              int64_t label)
{
    const struct sq_switches switches = sq_switches_default();
    struct sq_sample s = {.label = label};
    for (size_t i = 0; i < counters->n_ops; i++) {
        struct sq_op_count sum = {0};
        sq_call_sum(&counters->op[i], &call[i], &sum);
        sq_sample_add_call(&s, &counters->op[i], &call[i], &sum, &switches);
    }
    return s;
}

int sq_samples_add(struct sq_error *err, struct sq_samples *samples, const struct sq_sample *sample)
{
    if (samples->n == samples->room) {
        const size_t room = samples->room * 2 + 64;
        struct sq_sample *grown = realloc(samples->sample, room * sizeof *grown);
        if (grown == NULL)
            return sq_fail(err, SQ_ENOMEM, "out of memory for %zu samples", room);
        samples->sample = grown;
        samples->room = room;
    }
    samples->sample[samples->n++] = *sample;
    return SQ_OK;
}

void sq_samples_free(struct sq_samples *samples)
{
    free(samples->sample);
    *samples = (struct sq_samples){.n = 0};
}

double sq_sample_mj(const struct sq_sample *s, const struct sq_hardware *hardware, int is_paper)
{
    const struct sq_price *price = hardware->price;
    if (is_paper)
        return (sq_price_of(hardware, SQ_PRICE_MAC, s->paper_macs) +
                sq_price_of(hardware, SQ_PRICE_AC, s->paper_acs)) /
               1e9;
    const double neurons_pj = (double)s->spikes * price[SQ_PRICE_UPDATE].energy_pj +
                              (double)s->silent * price[SQ_PRICE_UPDATE_SILENT].energy_pj +
                              (double)s->spikes * price[SQ_PRICE_SPIKE].energy_pj;
    return (sq_price_of(hardware, SQ_PRICE_MAC, (double)s->macs) +
            sq_price_of(hardware, SQ_PRICE_AC, (double)s->acs) + neurons_pj) /
           1e9;
}

struct sq_spread sq_samples_spread(const struct sq_samples *samples,
                                   const struct sq_hardware *hardware, int is_paper, int64_t label)
{
    struct sq_spread spread = {.n = 0};
    double sum = 0, squares = 0;
    for (size_t i = 0; i < samples->n; i++)
        if (label == SQ_ALL_LABELS || samples->sample[i].label == label) {
            sum += sq_sample_mj(&samples->sample[i], hardware, is_paper);
            spread.n++;
        }
    spread.mean_mj = spread.n > 0 ? sum / (double)spread.n : 0;
    for (size_t i = 0; i < samples->n; i++)
        if (label == SQ_ALL_LABELS || samples->sample[i].label == label) {
            const double off =
                sq_sample_mj(&samples->sample[i], hardware, is_paper) - spread.mean_mj;
            squares += off * off;
        }
    spread.std_mj = spread.n > 1 ? sqrt(squares / (double)(spread.n - 1)) : 0;
    return spread;
}

static void add_samples(struct sq_book *book, struct sq_sheet *sheet,
                        const struct sq_samples *samples, const struct sq_hardware *hardware)
{
    for (size_t i = 0; i < samples->n; i++) {
        const struct sq_sample *s = &samples->sample[i];
        sq_sheet_row(book, sheet);
        sq_sheet_text(book, sheet, 0, "%zu", i);
        if (s->label >= 0)
            sq_sheet_text(book, sheet, 1, "%lld", (long long)s->label);
        sq_sheet_number(book, sheet, 2, (double)s->acs);
        sq_sheet_number(book, sheet, 3, (double)s->macs);
        sq_sheet_number(book, sheet, 4, sq_sample_mj(s, hardware, 0));
        sq_sheet_number(book, sheet, 5, s->paper_acs);
        sq_sheet_number(book, sheet, 6, sq_sample_mj(s, hardware, 1));
    }
}

static void add_class(struct sq_book *book, struct sq_sheet *sheet,
                      const struct sq_samples *samples, const struct sq_hardware *hardware,
                      int64_t label)
{
    const struct sq_spread exact = sq_samples_spread(samples, hardware, 0, label);
    const struct sq_spread paper = sq_samples_spread(samples, hardware, 1, label);
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
        return sq_fail(err, SQ_EUNSUPPORTED, "--per %s: %s has no %s, expected a report of %s",
                       by_class ? "class" : "sample", origin, by_class ? "labels" : "samples",
                       by_class ? "a run with --labels" : "this spikeq");
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
