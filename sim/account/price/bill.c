#include "sim/account/price/bill.h"

#include "sim/account/price/bill_cost.h"

#include <math.h>

/* Sums in the tools' order: rows as registered; syops adds its SSA formula behind them. */
static void add_up(const struct sq_biller *biller, struct sq_bill *out)
{
    const struct sq_counters *counters = &biller->source->counters;
    for (int ssa = 0; ssa < 2; ssa++)
        for (size_t i = 0; i < counters->n_ops; i++)
            if ((out->convention == SQ_SYOPS && counters->op[i].kind == SQ_OP_SSA) == ssa) {
                out->acs += out->cost[i].acs;
                out->macs += out->cost[i].macs;
            }
    if (biller->is_whole) {
        out->acs = (double)biller->acs / biller->samples;
        out->macs = (double)biller->macs / biller->samples;
    }
}

/* Rows of known energy. */
static double sum_of_rows(const struct sq_bill *bill, size_t n)
{
    double pj = 0;
    for (size_t i = 0; i < n; i++)
        pj += isnan(bill->cost[i].energy_pj) ? 0 : bill->cost[i].energy_pj;
    return pj;
}

/* The energy of all operations that the profile prices, in the order of the tools' sums. */
static double known_mj(const struct sq_biller *biller, const struct sq_bill *out)
{
    const double e_mac = sq_biller_price(biller, SQ_PRICE_MAC),
                 e_ac = sq_biller_price(biller, SQ_PRICE_AC);
    if (out->convention == SQ_LEMAIRE)
        return sq_lemaire_price(&biller->lemaire, biller->switches).total_pj / biller->samples /
               1e9;
    if (biller->is_by_width)
        return sum_of_rows(out, biller->source->counters.n_ops) / 1e9;
    if (out->convention == SQ_SYOPS)
        return out->macs / 1e9 * e_mac + out->acs / 1e9 * e_ac;
    return (out->macs * e_mac + out->acs * e_ac + biller->extra_pj) / 1e9;
}

static void price(const struct sq_biller *biller, struct sq_bill *out)
{
    add_up(biller, out);
    out->known_mj = known_mj(biller, out);
    out->is_by_width = biller->is_by_width;
    out->lacks_mac = biller->no_macs > 0;
    out->lacks_ac = biller->no_acs > 0;
    out->energy_mj = out->lacks_mac || out->lacks_ac ? NAN : out->known_mj;
}

double sq_ann_mj(const struct sq_counters *counters, const struct sq_hardware *hardware)
{
    return sq_price_of(hardware, SQ_PRICE_MAC, sq_ann_macs(counters)) / 1e9;
}

int sq_bill_make(struct sq_error *err, struct sq_arena *arena, const struct sq_source *source,
                 enum sq_convention convention, const struct sq_hardware *hardware,
                 const struct sq_switches *switches, struct sq_bill *out)
{
    const struct sq_counters *counters = &source->counters;
    struct sq_biller biller = {
        .source = source, .hardware = hardware, .switches = switches, .samples = 1};
    if (!source->has_counts && !sq_convention_table[convention].takes_rates)
        return sq_fail(err, SQ_EUNSUPPORTED,
                       "--convention %s: needs counts, and rates are no counts; expected a report, "
                       "or paper or syops",
                       sq_convention_table[convention].name);
    if (source->has_counts && counters->n_samples > 0)
        biller.samples = (double)counters->n_samples;
    *out = (struct sq_bill){.convention = convention};
    out->cost = sq_arena_alloc(arena, counters->n_ops, sizeof *out->cost);
    if (out->cost == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for the bill");
    for (size_t i = 0; convention == SQ_LEMAIRE && i < counters->n_ops; i++)
        sq_lemaire_add(&biller.lemaire, &counters->op[i], switches);
    for (size_t i = 0; i < counters->n_ops; i++)
        sq_bill_cost(&biller, convention, i, &out->cost[i]);
    price(&biller, out);
    return SQ_OK;
}
