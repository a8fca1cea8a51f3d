/* The one price of operations. A convention counts an operation as additions and
 * multiply-accumulates (convention.h), a profile prices them here: for a run, a report, a trace,
 * one timestep or one sample. */
#ifndef SQ_PRICING_H
#define SQ_PRICING_H

#include "sim/account/count/counters.h"
#include "sim/account/price/convention.h"
#include "sim/account/price/hardware.h"
#include "sim/account/price/samples.h"
#include "sim/account/price/switches.h"

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

/* By what a source's operations are priced. */
struct sq_pricing {
    const struct sq_source *source;
    enum sq_convention convention;
    const struct sq_hardware *hardware;
    const struct sq_switches *switches;
    double samples;      /* that figures are averaged over */
    const void *network; /* of the convention's begin(), or NULL */
};

/* One operation, per sample. */
struct sq_cost {
    double dense;     /* T times the dense operations of one frame */
    double rate;      /* of the input; -1: has none */
    double exact;     /* additions or multiplications really made; -1: not counted */
    double acs, macs; /* additions and multiply-accumulates that the convention prices */
    double own_pj;    /* energy beside theirs: of neurons, or at the convention's own prices */
    double energy_pj; /* in all. NaN: the profile does not price some of it */
    uint64_t n_acs, n_macs;   /* of all samples, where the convention counts in integers */
    unsigned is_whole : 1;    /* it does */
    unsigned is_by_width : 1; /* priced by the width of its adder */
    unsigned lacks_mac : 1, lacks_ac : 1; /* what the profile does not price */
};

/* Ready to price operations. SQ_EUNSUPPORTED: the convention needs counts; SQ_ENOMEM.
 *   source, hardware, switches   not owned, and as they are while operations are priced
 *   arena                        holds what the convention keeps */
int sq_pricing_begin(struct sq_error *err, struct sq_arena *arena, const struct sq_source *source,
                     enum sq_convention convention, const struct sq_hardware *hardware,
                     const struct sq_switches *switches, struct sq_pricing *out);

/* Price operation i of the source over all timesteps that the source holds. */
void sq_price_operation(const struct sq_pricing *pricing, size_t i, struct sq_cost *cost);

/* The source with the counts of timestep t alone: what a run does once a sample, it does at the
 * last timestep. The arena holds the new operations; the rest is the source's. SQ_ENOMEM. */
int sq_source_at_timestep(struct sq_error *err, struct sq_arena *arena,
                          const struct sq_source *source, uint32_t t, struct sq_source *out);

/* Energy of additions and multiply-accumulates, pJ: those of op's adders by width, a product by the
 * bits of its factors; of floats (op NULL, or no widths) at the profile's prices. NaN: it has no
 * such price. */
double sq_operations_pj(const struct sq_hardware *hardware, const struct sq_op *op, double acs,
                        double macs);

/* Energy of neurons times timesteps that fired and that did not, pJ. A profile without such prices
 * includes it in its other prices, or leaves it out: 0. */
double sq_neurons_pj(const struct sq_hardware *hardware, uint64_t spikes, uint64_t silent);

/* Is an operation of a run in integers priced by the width of its adder? Does the profile know
 * widths, and the run its adders. */
int sq_is_by_width(const struct sq_op *op, const struct sq_hardware *hardware);

/* Counts of all samples as the cost's, which are per sample. */
void sq_cost_set_counts(struct sq_cost *cost, uint64_t acs, uint64_t macs, double samples);

/* [3] published rates of an operation of the source; zeros if the source has counts. */
const double *sq_source_rate(const struct sq_source *source, const struct sq_op *op);

/* The neurons of this role in a block, or NULL. */
const struct sq_op *sq_population_of_role(const struct sq_counters *counters, int block,
                                          const char *role);

/* Dense operations of one frame, both products for SSA. */
double sq_op_dense(const struct sq_op *op);

#endif
