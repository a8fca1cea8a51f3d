/* Bills: what a network costs under one convention, operation by operation, per sample. */
#ifndef SQ_BILL_H
#define SQ_BILL_H

#include "sim/account/price/pricing.h"

struct sq_bill {
    enum sq_convention convention;
    size_t n_ops;
    struct sq_cost *cost;    /* [n_ops] */
    double acs, macs;        /* priced */
    double energy_mj;        /* NaN: the profile lacks a price; then */
    double known_mj;         /* the energy of what it prices */
    int is_by_width;         /* operations in integers were priced by the widths of their adders */
    int lacks_mac, lacks_ac; /* the profile has no such price, and it matters */
};

/* Is its energy like the ANN's, so that they have a ratio? Prices of its own may be of memory, a
 * run in integers by width is no float's. */
static inline int sq_bill_has_ratio(const struct sq_bill *bill)
{
    return bill->energy_mj > 0 && !sq_convention_is(bill->convention, SQ_OWN_PRICES) &&
           !bill->is_by_width;
}

/* Price a source. SQ_EUNSUPPORTED: the convention needs counts. `arena` holds the rows. */
int sq_bill_make(struct sq_error *err, struct sq_arena *arena, const struct sq_source *source,
                 enum sq_convention convention, const struct sq_hardware *hardware,
                 const struct sq_switches *switches, struct sq_bill *out);

/* Has the convention a price of this source: counts where it needs them, a view of the paper? */
int sq_bill_can(const struct sq_source *source, enum sq_convention convention,
                const struct sq_switches *switches);

/* The bills of all conventions that have one of this source, in the order of the table: *n of them,
 * bill with room for SQ_CONVENTIONS. SQ_ENOMEM. */
int sq_bill_make_all(struct sq_error *err, struct sq_arena *arena, const struct sq_source *source,
                     const struct sq_hardware *hardware, const struct sq_switches *switches,
                     struct sq_bill *bill, size_t *n);

/* Sums over a bill's operations. Counts are added up, then averaged and priced once; by width the
 * energies are added up, in the order of the operations. */
void sq_bill_sum(const struct sq_pricing *pricing, struct sq_bill *bill);

/* Multiply-accumulates of the same topology as an ANN: one pass, every layer dense. */
double sq_ann_macs(const struct sq_counters *counters);

/* Their energy; NaN: the profile has no price of a multiply-accumulate. */
double sq_ann_mj(const struct sq_counters *counters, const struct sq_hardware *hardware);

#endif
