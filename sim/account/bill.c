#include "sim/account/bill.h"

#include "sim/account/bill_cost.h"

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

static double sum_of_rows(const struct sq_bill *bill, size_t n)
{
    double pj = 0;
    for (size_t i = 0; i < n; i++)
        pj += bill->cost[i].energy_pj;
    return pj;
}

static void price(const struct sq_biller *biller, struct sq_bill *out)
{
    const double e_mac = sq_biller_price(biller, SQ_PRICE_MAC),
                 e_ac = sq_biller_price(biller, SQ_PRICE_AC);
    add_up(biller, out);
    if (out->convention == SQ_LEMAIRE) {
        out->energy_mj =
            sq_lemaire_price(&biller->lemaire, biller->switches).total_pj / biller->samples / 1e9;
        return;
    }
    if (biller->is_by_width)
        out->energy_mj = sum_of_rows(out, biller->source->counters.n_ops) / 1e9;
    else if (out->convention == SQ_SYOPS)
        out->energy_mj = out->macs / 1e9 * e_mac + out->acs / 1e9 * e_ac;
    else
        out->energy_mj = (out->macs * e_mac + out->acs * e_ac + biller->extra_pj) / 1e9;
    out->is_by_width = biller->is_by_width;
    out->lacks_mac = !biller->hardware->price[SQ_PRICE_MAC].is_given && out->macs > 0;
    out->lacks_ac = !biller->hardware->price[SQ_PRICE_AC].is_given && out->acs > 0;
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
