/* Conventions: what an operation counts as. conventions.inc has a row for each; to add one, write
 * its functions in a file of its own, and the row. */
#ifndef SQ_CONVENTION_H
#define SQ_CONVENTION_H

#include "kernels/base/arena.h"
#include "kernels/base/status.h"

#include <stddef.h>

struct sq_bill;
struct sq_cost;
struct sq_op;
struct sq_pricing;

enum sq_convention {
#define SQ_CONVENTION(number, ...) number,
#include "sim/account/price/conventions.inc"
    SQ_CONVENTIONS
};

/* Properties of a convention; bits of sq_convention_row.is. */
enum {
    SQ_TAKES_RATES = 1 << 0, /* rates suffice, without counts */
    SQ_BY_TIMESTEP = 1 << 1, /* prices timesteps one by one; others look at whole tensors */
    SQ_BY_SAMPLE = 1 << 2,   /* reports hold what it counts in each sample */
    SQ_BY_WIDTH = 1 << 3,    /* its operations are those of the adders: priced by their widths */
    SQ_OWN_PRICES = 1 << 4,  /* has prices of its own, whatever the profile */
    SQ_SAYS_TOTALS = 1 << 5, /* notes say the totals as its tool prints them */
    SQ_BY_VIEW = 1 << 6      /* of networks whose paper has a view alone (views.h) */
};

/* Before the first operation: what the price of one depends on beyond its own counts, into
 * pricing->network. SQ_ENOMEM. Most have sq_no_begin(). */
typedef int sq_begin_fn(struct sq_error *err, struct sq_arena *arena, struct sq_pricing *pricing);

/* Count `op`, an operation of the pricing's source: acs and macs, own_pj, and rate where the
 * convention has a rate of its own.
 *   cost   holds dense, rate and exact, which all conventions share; the rest is 0 */
typedef void sq_cost_fn(const struct sq_pricing *pricing, const struct sq_op *op,
                        struct sq_cost *cost);

/* Fill acs, macs and known_mj of a bill whose operations are priced. Most have sq_bill_sum(). */
typedef void sq_sum_fn(const struct sq_pricing *pricing, struct sq_bill *bill);

struct sq_convention_row {
    const char *name, *what, *source, *zero; /* zero: what counts as nothing, and why */
    unsigned is;
    sq_begin_fn *begin;
    sq_cost_fn *cost;
    sq_sum_fn *sum;
};

extern const struct sq_convention_row sq_convention_table[SQ_CONVENTIONS];

/* The functions of all rows. */
#define SQ_CONVENTION(number, name, what, source, zero, is, begin, cost, sum) \
    extern sq_begin_fn begin;                                                 \
    extern sq_cost_fn cost;                                                   \
    extern sq_sum_fn sum;
#include "sim/account/price/conventions.inc"

static inline int sq_convention_is(enum sq_convention convention, unsigned property)
{
    return (sq_convention_table[convention].is & property) != 0;
}

/* The convention's number, or -1. */
int sq_convention_by_name(const char *name);

/* "paper, syops or all": the names of those that have all these properties, behind them `more` if
 * it is not NULL, into `text`; returns it. */
char *sq_convention_names(unsigned properties, const char *more, char *text, size_t size);

#endif
