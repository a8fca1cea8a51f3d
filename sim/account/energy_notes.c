/* What is said under the first sheet: prices and their sources, choices, deviation, bounds,
 * warnings, what counted as nothing. */
#include "sim/account/energy.h"

#include "sim/account/decimal.h"
#include "sim/account/exact.h"
#include "sim/account/syops.h"

#include <string.h>

static double price_at(const struct sq_energy *energy, enum sq_price_key key)
{
    return energy->hardware.price[key].energy_pj;
}

/* A number that nobody has read at its source is no default, and says so. */
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

static void note_bill(struct sq_book *book, struct sq_sheet *sheet, const struct sq_bill *bill)
{
    const struct sq_convention_row *row = &sq_convention_table[bill->convention];
    char macs[SQ_DECIMAL_BYTES], acs[SQ_DECIMAL_BYTES], mj[SQ_DECIMAL_BYTES];
    sq_sheet_note(book, sheet, "%s counts as zero: %s", row->name, row->zero);
    if (bill->is_by_width)
        sq_sheet_note(book, sheet,
                      "%s: operations in integers are priced by the width of each layer's adder",
                      row->name);
    if (bill->lacks_mac)
        sq_sheet_note(book, sheet,
                      "%s: the profile has no mac price: %s MACs are reported as operations, not "
                      "in the energy",
                      row->name, sq_decimal(macs, bill->macs));
    if (bill->lacks_ac)
        sq_sheet_note(book, sheet,
                      "%s: the profile has no ac price: %s ACs are reported as operations, not in "
                      "the energy",
                      row->name, sq_decimal(acs, bill->acs));
    if (bill->convention == SQ_SYOPS) {
        sq_sheet_note(book, sheet, "Number of operations: %s G MACs, %s G ACs",
                      sq_decimal(macs, bill->macs / 1e9), sq_decimal(acs, bill->acs / 1e9));
        sq_sheet_note(book, sheet, "Energy consumption: %s mJ", sq_decimal(mj, bill->energy_mj));
    }
}

/* --syops-names tool leaves out layers by their name: how many, and what they compute. */
static void warn_names(struct sq_book *book, struct sq_sheet *sheet, const struct sq_energy *energy,
                       const struct sq_counters *counters)
{
    unsigned n = 0;
    double dense = 0;
    for (size_t i = 0; i < counters->n_ops; i++) {
        const struct sq_op *op = &counters->op[i];
        if ((op->kind == SQ_OP_CONV || op->kind == SQ_OP_LINEAR) &&
            !sq_syops_is_priced(op->name, 1, &energy->switches)) {
            n++;
            dense += sq_op_dense(op) * counters->timesteps;
        }
    }
    if (n > 0)
        sq_sheet_note(book, sheet,
                      "warning: syops-names=tool prices names with conv or head alone: %u linear "
                      "layers of %.0f dense operations cost nothing",
                      n, dense);
}

static void warn_silent(struct sq_book *book, struct sq_sheet *sheet,
                        const struct sq_source *source)
{
    for (size_t i = 0; source->has_counts && i < source->counters.n_ops; i++) {
        const struct sq_op *op = &source->counters.op[i];
        if (op->kind == SQ_OP_NEURON && op->n_groups > 0 && sq_op_sum(op).out_nonzeros == 0)
            sq_sheet_note(book, sheet, "warning: %s never spikes", op->name);
        if (op->weight_zeros > 0 && op->n_groups > 0 && !sq_exact_count(op).has_live)
            sq_sheet_note(
                book, sheet,
                "warning: %s: %llu weights are 0; the run did not count which events meet "
                "them: zero-weights and neurobench count them all",
                op->name, (unsigned long long)op->weight_zeros);
        if (op->kind == SQ_OP_SSA && op->n_groups > 0 && !sq_exact_count(op).has_ssa)
            sq_sheet_note(book, sheet, "warning: %s: the products in its order were not counted",
                          op->name);
    }
}

/* Are the adders of a run in integers known? */
static int knows_widths(const struct sq_source *source)
{
    for (size_t i = 0; i < source->counters.n_ops; i++)
        if (source->counters.op[i].adder_bits > 0)
            return 1;
    return 0;
}

/* Integers at the price of floats, or of a width that nobody knows. */
static void warn_width(struct sq_book *book, struct sq_sheet *sheet, const struct sq_energy *energy,
                       const struct sq_source *source)
{
    if (!source->is_fixed)
        return;
    if (strstr(energy->hardware.width, "float") != NULL)
        sq_sheet_note(book, sheet,
                      "warning: the run computed in integers, profile %s prices %s; --hardware "
                      "fixed_45nm prices every addition by its width (exact)",
                      energy->hardware.name, energy->hardware.width);
    if (sq_hardware_knows_widths(&energy->hardware) && !knows_widths(source))
        sq_sheet_note(book, sheet,
                      "warning: a trace does not tell the widths of its run's adders, so that "
                      "nothing is priced by width; price the run's report");
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
        else if (op->kind == SQ_OP_SSA)
            acs += sq_op_dense(op) * counters->timesteps;
        else if (op->kind == SQ_OP_CONV || op->kind == SQ_OP_LINEAR)
            acs += (double)op->dense_in * counters->timesteps;
    }
    const double ac_pj = price_at(energy, SQ_PRICE_AC);
    const double floor_mj = (macs * price_at(energy, SQ_PRICE_MAC) + input_acs * ac_pj) / 1e9;
    sq_sheet_note(book, sheet,
                  "bounds of exact: no spike %s mJ; every neuron spikes at every timestep %s mJ",
                  sq_decimal(low, floor_mj), sq_decimal(high, floor_mj + acs * ac_pj / 1e9));
}

/* Exact and paper add up sample by sample: their deviation, under default switches. What is priced
 * by width is not known of each sample. */
static void note_spread(struct sq_book *book, struct sq_sheet *sheet,
                        const struct sq_energy *energy, const struct sq_source *source,
                        int is_by_width)
{
    for (int is_paper = is_by_width; source->samples.n > 1 && is_paper < 2; is_paper++) {
        const struct sq_spread spread =
            sq_samples_spread(&source->samples, &energy->hardware, is_paper, SQ_ALL_LABELS);
        char mean[SQ_DECIMAL_BYTES], std[SQ_DECIMAL_BYTES];
        sq_sheet_note(
            book, sheet,
            "%s over %llu samples, default switches: mean %s mJ, standard deviation %s mJ",
            is_paper ? "paper" : "exact", (unsigned long long)spread.n,
            sq_decimal(mean, spread.mean_mj), sq_decimal(std, spread.std_mj));
    }
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

void sq_energy_notes(struct sq_book *book, struct sq_sheet *sheet, const struct sq_energy *energy,
                     const struct sq_source *source, const struct sq_bill *bill, size_t n)
{
    int is_by_width = 0;
    for (size_t i = 0; i < n; i++)
        is_by_width |= bill[i].is_by_width;
    note_hardware(book, sheet, energy);
    note_switches(book, sheet, energy);
    note_spread(book, sheet, energy, source, is_by_width);
    if (!is_by_width)
        note_bounds(book, sheet, energy, source);
    warn_width(book, sheet, energy, source);
    warn_silent(book, sheet, source);
    for (size_t i = 0; i < n; i++) {
        note_bill(book, sheet, &bill[i]);
        if (bill[i].convention == SQ_SYOPS)
            warn_names(book, sheet, energy, &source->counters);
    }
}
