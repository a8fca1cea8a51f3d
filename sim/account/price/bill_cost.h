/* The inside of bill*.c: one operation's cost under each convention. */
#ifndef SQ_BILL_COST_H
#define SQ_BILL_COST_H

#include "sim/account/price/bill.h"
#include "sim/account/price/lemaire.h"

/* What one bill is made from. */
struct sq_biller {
    const struct sq_source *source;
    const struct sq_hardware *hardware;
    const struct sq_switches *switches;
    struct sq_lemaire lemaire; /* sum of all operations */
    double samples;
    int is_whole;       /* the convention's counts are integers: */
    uint64_t acs, macs; /* their sums over operations and samples */
    double extra_pj;
    int is_by_width;        /* some operations were priced by their width */
    double no_macs, no_acs; /* operations that the profile does not price */
};

/* Energy of a price in the profile, 0 if it has none. */
static inline double sq_biller_price(const struct sq_biller *biller, enum sq_price_key key)
{
    return biller->hardware->price[key].energy_pj;
}

/* Fill the cost of operation i; adds whole counts to the biller's sums. */
void sq_bill_cost(struct sq_biller *biller, enum sq_convention convention, size_t i,
                  struct sq_cost *cost);

#endif
