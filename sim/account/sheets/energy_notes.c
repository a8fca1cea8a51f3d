/* Notes under the first sheet: prices and their sources, choices, deviation, bounds,
 * what counted as nothing. */
#include "sim/account/sheets/energy.h"

#include "sim/account/price/exact.h"
#include "sim/account/price/paper_views.h"
#include "sim/json/decimal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A number not checked at its source is never a default, and is marked. */
static const char *doubt_of(const struct sq_price *price)
{
    return strstr(price->checked, "not re-read") != NULL ? " (cited, not verified)" : "";
}

static void note_hardware(struct sq_book *book, struct sq_sheet *sheet,
                          const struct sq_energy *energy)
{
    for (int key = 0; key < SQ_PRICES; key++) {
        const struct sq_price *price = &energy->hardware.price[key];
        char number[SQ_DECIMAL_BYTES];
        if (price->is_given &&
            (key == SQ_PRICE_MAC || key == SQ_PRICE_AC || key >= SQ_PRICE_UPDATE))
            sq_sheet_note(book, sheet, "hardware %s: %s %s pJ, %s%s: %s", energy->hardware.name,
                          sq_price_name((enum sq_price_key)key),
                          sq_decimal(number, price->energy_pj), price->kind, doubt_of(price),
                          price->paper);
    }
}

/* Whose view, its source, and what of it could not be checked there. */
static void note_view(struct sq_book *book, struct sq_sheet *sheet, const struct sq_energy *energy,
                      const struct sq_counters *counters)
{
    const struct sq_paper_view *view = sq_paper_view_of(counters, &energy->switches);
    sq_sheet_note(book, sheet, "published: view %s: %s", view->name, view->source);
    if (view->assumed[0] != '\0')
        sq_sheet_note(book, sheet, "published: view %s, assumed: %s", view->name, view->assumed);
}

static void note_bill(struct sq_book *book, struct sq_sheet *sheet, const struct sq_bill *bill)
{
    const struct sq_convention_row *row = &sq_convention_table[bill->convention];
    char macs[SQ_DECIMAL_BYTES], acs[SQ_DECIMAL_BYTES], mj[SQ_DECIMAL_BYTES];
    sq_sheet_note(book, sheet, "%s counts as zero: %s", row->name, row->zero);
    if (bill->is_by_width)
        sq_sheet_note(book, sheet,
                      "%s: operations in integers are priced by the width of each layer's adder",
                      row->name);
    if (row->is & SQ_SAYS_TOTALS) {
        sq_sheet_note(book, sheet, "Number of operations: %s G MACs, %s G ACs",
                      sq_decimal(macs, bill->macs / 1e9), sq_decimal(acs, bill->acs / 1e9));
        if (!isnan(bill->energy_mj))
            sq_sheet_note(book, sheet, "Energy consumption: %s mJ",
                          sq_decimal(mj, bill->energy_mj));
    }
}

/* Sums over all operations of what exact counts and does not price by itself. */
static struct sq_exact sum_apart(const struct sq_counters *counters)
{
    struct sq_exact sum = {0};
    for (size_t i = 0; i < counters->n_ops; i++) {
        const struct sq_exact c = sq_exact_count(&counters->op[i]);
        sum.bias_adds += c.bias_adds;
        sum.bn_bias_adds += c.bn_bias_adds;
        sum.bn_mac += c.bn_mac;
        sum.or_events += c.or_events;
        sum.adds_both += c.adds_both;
        sum.updates += c.updates;
    }
    return sum;
}

/* How many operations exact reports apart under these switches, and what would price them. */
static void note_apart(struct sq_book *book, struct sq_sheet *sheet,
                       const struct sq_switches *switches, const struct sq_source *source)
{
    const struct sq_exact sum = sum_apart(&source->counters);
    const struct {
        const char *what, *priced_by;
        uint64_t n;
        int is_priced;
    } part[] = {
        {"bias additions", "bias=own", sum.bias_adds, switches->bias != SQ_BIAS_APART},
        {"bias additions of folded batch norms", "bias=all", sum.bn_bias_adds,
         switches->bias == SQ_BIAS_ALL},
        {"multiply-accumulates of batch norms", "batch-norm=mac", sum.bn_mac, switches->batch_norm},
        {"pooling ORs", "pool=ac", sum.or_events, switches->pool},
        {"residual additions", "residual=ac", sum.adds_both, switches->residual},
        {"neuron updates", "a profile with neuron_update", sum.updates, 0}};
    char list[500] = "", number[SQ_DECIMAL_BYTES];
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        const size_t used = strlen(list);
        if (!part[i].is_priced)
            snprintf(list + used, sizeof list - used, "%s%s %s (%s)", used > 0 ? ", " : "",
                     sq_decimal(number, (double)part[i].n / (double)source->counters.n_samples),
                     part[i].what, part[i].priced_by);
    }
    sq_sheet_note(book, sheet, "exact reports apart, per sample, and what prices them: %s", list);
}

/* The first layer's operations: its input is given, whatever the neurons do. */
static void add_input(const struct sq_op *op, const struct sq_energy *energy,
                      const struct sq_source *source, double *acs, double *macs)
{
    const struct sq_exact c = sq_exact_count(op);
    if (!source->has_counts) {
        *macs += (double)op->dense_in * source->counters.timesteps;
        return;
    }
    const double n = (double)source->counters.n_samples;
    *acs += (double)sq_exact_acs(op, &c, &energy->switches) / n;
    *macs += (double)sq_exact_macs(op, &c, &energy->switches) / n;
}

/* Between no spike at all and every neuron at every timestep. */
static void note_bounds(struct sq_book *book, struct sq_sheet *sheet,
                        const struct sq_energy *energy, const struct sq_source *source)
{
    const struct sq_counters *counters = &source->counters;
    double macs = 0, acs = 0, input_acs = 0;
    char low[SQ_DECIMAL_BYTES], high[SQ_DECIMAL_BYTES];
    for (size_t i = 0; i < counters->n_ops; i++) {
        const struct sq_op *op = &counters->op[i];
        if (op->is_analog)
            add_input(op, energy, source, &input_acs, &macs);
        else if (op->is_head)
            continue;
        else if (op->kind == SQ_OP_SSA || op->kind == SQ_OP_SUM || op->kind == SQ_OP_DSSA)
            acs += sq_op_dense(op) * counters->timesteps;
        else if (op->is_real)
            macs += (double)op->dense_in * counters->timesteps;
        else if (sq_op_is_layer(op))
            acs += (double)op->dense_in * counters->timesteps;
    }
    const double floor_mj = sq_operations_pj(&energy->hardware, NULL, input_acs, macs) / 1e9;
    const double top_mj = floor_mj + sq_operations_pj(&energy->hardware, NULL, acs, 0) / 1e9;
    if (!isnan(top_mj))
        sq_sheet_note(
            book, sheet,
            "bounds of exact: no spike %s mJ; every neuron spikes at every timestep %s mJ",
            sq_decimal(low, floor_mj), sq_decimal(high, top_mj));
}

static void note_silent(struct sq_book *book, struct sq_sheet *sheet,
                        const struct sq_source *source)
{
    for (size_t i = 0; source->has_counts && i < source->counters.n_ops; i++) {
        const struct sq_op *op = &source->counters.op[i];
        if (op->kind == SQ_OP_NEURON && op->n_groups > 0 && sq_op_sum(op).out_nonzeros == 0)
            sq_sheet_note(book, sheet, "%s never spikes", op->name);
    }
}

static int is_plain(const struct sq_switches *switches)
{
    const struct sq_switches plain = sq_switches_default();
    return memcmp(&plain, switches, sizeof plain) == 0;
}

/* The energy in the table is priced from the rates of all samples; the samples one by one have a
 * mean of their own, since attention takes the lesser of two rates. */
static void note_paper_mean(struct sq_book *book, struct sq_sheet *sheet,
                            const struct sq_spread *spread, double energy_mj)
{
    char mean[SQ_DECIMAL_BYTES], whole[SQ_DECIMAL_BYTES];
    if (fabs(spread->mean_mj - energy_mj) > 1e-9 * energy_mj)
        sq_sheet_note(
            book, sheet,
            "paper: %s mJ is of the rates over all samples; priced sample by sample, with "
            "the lesser rate of attention's operands in each, the mean is %s mJ",
            sq_decimal(whole, energy_mj), sq_decimal(mean, spread->mean_mj));
}

/* Exact and paper add up sample by sample: their deviation, under default switches. What is priced
 * by width, or has no price, is not known of each sample. */
static void note_spread(struct sq_book *book, struct sq_sheet *sheet,
                        const struct sq_energy *energy, const struct sq_source *source,
                        const struct sq_bill *bill)
{
    char std[SQ_DECIMAL_BYTES];
    if (source->samples.n < 2 || !sq_convention_is(bill->convention, SQ_BY_SAMPLE) ||
        bill->is_by_width || isnan(bill->energy_mj))
        return;
    const struct sq_spread spread =
        sq_samples_spread(&source->samples, &energy->hardware, bill->convention, SQ_ALL_LABELS);
    sq_sheet_note(book, sheet, "%s: standard deviation between %llu samples %s mJ%s",
                  sq_convention_table[bill->convention].name, (unsigned long long)spread.n,
                  sq_decimal(std, spread.std_mj),
                  is_plain(&energy->switches) ? "" : ", under default switches");
    if (bill->convention == SQ_PAPER && is_plain(&energy->switches))
        note_paper_mean(book, sheet, &spread, bill->energy_mj);
}

static void note_switches(struct sq_book *book, struct sq_sheet *sheet,
                          const struct sq_energy *energy)
{
    const struct sq_switches plain = sq_switches_default();
    char chosen[64], usual[64];
    for (size_t i = 0; i < sq_n_switches; i++) {
        sq_switch_choice(&energy->switches, i, chosen, sizeof chosen);
        if (strcmp(chosen, sq_switch_choice(&plain, i, usual, sizeof usual)) != 0)
            sq_sheet_note(book, sheet, "switch %s=%s (default %s)", sq_switch_table[i].key, chosen,
                          usual);
    }
}

const char *sq_energy_basis(const struct sq_energy *energy, char *text, size_t size)
{
    const struct sq_switches plain = sq_switches_default();
    char chosen[64], usual[64];
    size_t used = (size_t)snprintf(text, size, "hardware %s", energy->hardware.name);
    for (size_t i = 0; i < sq_n_switches && used < size; i++) {
        sq_switch_choice(&energy->switches, i, chosen, sizeof chosen);
        if (strcmp(chosen, sq_switch_choice(&plain, i, usual, sizeof usual)) != 0)
            used += (size_t)snprintf(text + used, size - used, ", %s=%s", sq_switch_table[i].key,
                                     chosen);
    }
    return text;
}

void sq_energy_profile_notes(struct sq_book *book, struct sq_sheet *sheet,
                             const struct sq_energy *energy)
{
    note_hardware(book, sheet, energy);
    note_switches(book, sheet, energy);
}

void sq_energy_notes(struct sq_book *book, struct sq_sheet *sheet, const struct sq_energy *energy,
                     const struct sq_source *source, const struct sq_bill *bill, size_t n)
{
    int is_by_width = 0;
    for (size_t i = 0; i < n; i++)
        is_by_width |= bill[i].is_by_width;
    sq_energy_profile_notes(book, sheet, energy);
    if (!is_by_width)
        note_bounds(book, sheet, energy, source);
    note_silent(book, sheet, source);
    for (size_t i = 0; i < n; i++) {
        note_spread(book, sheet, energy, source, &bill[i]);
        note_bill(book, sheet, &bill[i]);
        if (sq_convention_is(bill[i].convention, SQ_BY_VIEW))
            note_view(book, sheet, energy, &source->counters);
        if (bill[i].convention == SQ_EXACT && source->has_counts)
            note_apart(book, sheet, &energy->switches, source);
    }
}
