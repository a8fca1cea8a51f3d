/* Bills: what a network costs under one convention, operation by operation, per sample. */
#ifndef SQ_BILL_H
#define SQ_BILL_H

#include "sim/account/count/counters.h"
#include "sim/account/price/hardware.h"
#include "sim/account/price/samples.h"
#include "sim/account/price/switches.h"

enum sq_convention {
    SQ_EXACT,
    SQ_PAPER,
    SQ_SYOPS,
    SQ_SPIKINGJELLY,
    SQ_NEUROBENCH,
    SQ_LEMAIRE,
    SQ_CONVENTIONS
};

struct sq_convention_row {
    const char *name, *what, *source, *zero; /* zero: what counts as nothing, and why */
    int takes_rates;                         /* can be had from rates alone */
};

extern const struct sq_convention_row sq_convention_table[SQ_CONVENTIONS];

/* The convention's number, or -1. */
int sq_convention_by_name(const char *name);

/* What is known of a network: counts, or rates as published. */
struct sq_source {
    struct sq_counters counters; /* shapes always; counts if has_counts */
    int has_counts;
    int is_fixed;              /* the run computed in integers */
    struct sq_samples samples; /* of a report that holds them */
    uint64_t parameters;       /* of the checkpoint; 0: not known */
    uint64_t n_labelled, n_correct;
    double (*rate)[3]; /* [n_ops]: conv, linear: input rate; SSA: of q, k, v */
};

struct sq_cost {
    double dense; /* T times the dense operations of one frame */
    double rate;  /* of the input; -1: has none */
    double ops;   /* what the convention prices, or would: rate * dense, or a count */
    double exact; /* additions or multiplications really made; -1: not counted */
    double acs, macs;
    double energy_pj; /* NaN: the profile does not price its operations */
};

struct sq_bill {
    enum sq_convention convention;
    struct sq_cost *cost;    /* [n_ops] */
    double acs, macs;        /* priced */
    double energy_mj;        /* NaN: the profile lacks a price; then */
    double known_mj;         /* the energy of what it prices */
    int is_by_width;         /* operations in integers were priced by the widths of their adders */
    int lacks_mac, lacks_ac; /* the profile has no such price, and it matters */
};

/* Is its energy like the ANN's, so that they have a ratio? lemaire's counts memory, a run in
 * integers by width is no float's. */
static inline int sq_bill_has_ratio(const struct sq_bill *bill)
{
    return bill->energy_mj > 0 && bill->convention != SQ_LEMAIRE && !bill->is_by_width;
}

/* Price a source. SQ_EUNSUPPORTED: the convention needs counts. `arena` holds the rows. */
int sq_bill_make(struct sq_error *err, struct sq_arena *arena, const struct sq_source *source,
                 enum sq_convention convention, const struct sq_hardware *hardware,
                 const struct sq_switches *switches, struct sq_bill *out);

/* Multiply-accumulates of the same topology as an ANN: one pass, every layer dense. */
double sq_ann_macs(const struct sq_counters *counters);

/* Their energy; NaN: the profile has no price of a multiply-accumulate. */
double sq_ann_mj(const struct sq_counters *counters, const struct sq_hardware *hardware);

/* Is an operation of a run in integers priced by the width of its adder? Does the profile know
 * widths, and the run its adders. */
int sq_is_by_width(const struct sq_op *op, const struct sq_hardware *hardware);

/* Energy of an operation's additions and multiplications under exact, pJ: by width, a product's by
 * the bits of its factors, or at the profile's prices. NaN: it has no such price. */
double sq_exact_pj(const struct sq_op *op, const struct sq_hardware *hardware, double acs,
                   double macs);

/* Dense operations of one frame, both products for SSA. */
double sq_op_dense(const struct sq_op *op);

#endif
