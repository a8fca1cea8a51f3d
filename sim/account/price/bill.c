#include "sim/account/price/bill.h"

#include "sim/account/price/paper_views.h"

#include <math.h>

/* Counts of all operations, averaged once if they are whole. */
static void sum_counts(const struct sq_pricing *pricing, struct sq_bill *bill)
{
    uint64_t acs = 0, macs = 0;
    int is_whole = 0;
    for (size_t i = 0; i < bill->n_ops; i++) {
        bill->acs += bill->cost[i].acs;
        bill->macs += bill->cost[i].macs;
        acs += bill->cost[i].n_acs;
        macs += bill->cost[i].n_macs;
        is_whole |= bill->cost[i].is_whole;
    }
    if (is_whole) {
        bill->acs = (double)acs / pricing->samples;
        bill->macs = (double)macs / pricing->samples;
    }
}

/* By width: the operations whose energy is known. */
static double sum_energies(const struct sq_bill *bill)
{
    double pj = 0;
    for (size_t i = 0; i < bill->n_ops; i++)
        pj += isnan(bill->cost[i].energy_pj) ? 0 : bill->cost[i].energy_pj;
    return pj;
}

void sq_bill_sum(const struct sq_pricing *pricing, struct sq_bill *bill)
{
    const struct sq_price *price = pricing->hardware->price;
    double own_pj = 0;
    for (size_t i = 0; i < bill->n_ops; i++)
        own_pj += bill->cost[i].own_pj;
    sum_counts(pricing, bill);
    bill->known_mj = bill->is_by_width ? sum_energies(bill) / 1e9
                                       : (bill->macs * price[SQ_PRICE_MAC].energy_pj +
                                          bill->acs * price[SQ_PRICE_AC].energy_pj + own_pj) /
                                             1e9;
}

double sq_ann_macs(const struct sq_counters *counters)
{
    double macs = 0;
    for (size_t i = 0; i < counters->n_ops; i++)
        macs += sq_op_dense(&counters->op[i]);
    return macs;
}

double sq_ann_mj(const struct sq_counters *counters, const struct sq_hardware *hardware)
{
    return sq_operations_pj(hardware, NULL, 0, sq_ann_macs(counters)) / 1e9;
}

int sq_bill_make(struct sq_error *err, struct sq_arena *arena, const struct sq_source *source,
                 enum sq_convention convention, const struct sq_hardware *hardware,
                 const struct sq_switches *switches, struct sq_bill *out)
{
    struct sq_pricing pricing;
    const int status =
        sq_pricing_begin(err, arena, source, convention, hardware, switches, &pricing);
    if (status != SQ_OK)
        return status;
    *out = (struct sq_bill){.convention = convention, .n_ops = source->counters.n_ops};
    out->cost = sq_arena_alloc(arena, out->n_ops, sizeof *out->cost);
    if (out->cost == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for the bill");
    for (size_t i = 0; i < out->n_ops; i++) {
        struct sq_cost *cost = &out->cost[i];
        sq_price_operation(&pricing, i, cost);
        out->is_by_width |= cost->is_by_width;
        out->lacks_mac |= cost->lacks_mac;
        out->lacks_ac |= cost->lacks_ac;
    }
    sq_convention_table[convention].sum(&pricing, out);
    out->energy_mj = out->lacks_mac || out->lacks_ac ? NAN : out->known_mj;
    return SQ_OK;
}

int sq_bill_can(const struct sq_source *source, enum sq_convention convention,
                const struct sq_switches *switches)
{
    if (!source->has_counts && !sq_convention_is(convention, SQ_TAKES_RATES))
        return 0;
    if (!sq_convention_is(convention, SQ_BY_VIEW))
        return 1;
    const struct sq_paper_view *view = sq_paper_view_of(&source->counters, switches);
    return view != NULL && (view->formula != SQ_VIEW_COUNTED ||
                            (source->has_counts && switches->chains == SQ_CHAINS_VIEW));
}

int sq_bill_make_all(struct sq_error *err, struct sq_arena *arena, const struct sq_source *source,
                     const struct sq_hardware *hardware, const struct sq_switches *switches,
                     struct sq_bill *bill, size_t *n)
{
    int rc = SQ_OK;
    *n = 0;
    for (int c = 0; rc == SQ_OK && c < SQ_CONVENTIONS; c++)
        if (sq_bill_can(source, (enum sq_convention)c, switches))
            rc = sq_bill_make(err, arena, source, (enum sq_convention)c, hardware, switches,
                              &bill[(*n)++]);
    return rc;
}
