/* `exact`: operations that the event queue really delivered. Nothing is estimated from a rate.
 *
 *   energy = E_MAC * mac + E_AC * ac,  ac = synaptic additions + both products of SSA
 *
 * with the reading of integers, first layer, head and zero weights that the switches choose. Bias
 * additions, ORs, residual additions and neuron updates are reported apart, and priced only if a
 * switch or the hardware profile says so. */
#ifndef SQ_EXACT_H
#define SQ_EXACT_H

#include "sim/account/count/counters.h"
#include "sim/account/price/switches.h"

struct sq_exact {
    uint64_t ac_events, ac_unary; /* one AC an event; v ACs for the value v */
    uint64_t ac_live;             /* ac_events without weights that are 0 */
    uint64_t dense_in;
    uint64_t mac, mac_nonzero, mac_once; /* real-valued inputs: first layer, head */
    /* Calls whose first layer's inputs are event counts: as ac_events, as ac_unary, and of mac. */
    uint64_t count_events, count_units, count_mac;
    int has_counts; /* there are such calls */
    uint64_t bias_adds, bn_bias_adds, bn_mac;
    uint64_t updates, spikes;
    uint64_t or_events, or_dense;
    uint64_t ssa_first, ssa_second_events, ssa_second_unary;
    uint64_t adds_both, adds_dense;
    int has_live, has_ssa; /* ac_live, ssa_* were counted */
};

/* One operation's counts, all groups and steps. */
struct sq_exact sq_exact_count(const struct sq_op *op);

/* The same from sums at hand: over the steps of n_calls calls that all have the properties `is`. */
struct sq_exact sq_exact_of(const struct sq_op *op, const struct sq_op_count *sum, uint64_t n_calls,
                            unsigned is);

/* Of those, what is priced as AC and as MAC under the switches. */
uint64_t sq_exact_acs(const struct sq_op *op, const struct sq_exact *count,
                      const struct sq_switches *switches);
uint64_t sq_exact_macs(const struct sq_op *op, const struct sq_exact *count,
                       const struct sq_switches *switches);

#endif
