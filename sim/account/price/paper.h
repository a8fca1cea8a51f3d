/* `paper` (Spikformer, ICLR 2023; arXiv 2403.18228, appendix): rate x T x FLOPs.
 *
 *   SOP(l) = fr(l) * T * FLOPs(l)          FLOPs of one frame, padding taps included, no bias
 *   E = E_MAC * FL1 + E_AC * (sum conv SOP + sum FC SOP + sum SSA SOP)
 * SSA: first product min(fr_X, fr_Y), second its binary operand; N d^2 H FLOPs each with K^T V
 * first, N^2 d H with Q K^T first. paper=sdt: Spike-driven Transformer (NeurIPS 2023, S1, S2). */
#ifndef SQ_PAPER_H
#define SQ_PAPER_H

#include "sim/account/count/counters.h"
#include "sim/account/price/switches.h"

struct sq_paper {
    double rate;  /* of the input; SSA: of the first product */
    double rate2; /* SSA: of the second product */
    double flops; /* of one frame, one product */
    double sops;  /* rate * T * FLOPs, per sample: ACs */
    double macs;  /* first layer (and head, paper-head=mac), per sample */
};

/* Figures per sample, from counts of any number of samples. T = frames / samples. */
struct sq_paper sq_paper_count(const struct sq_op *op, uint64_t n_samples,
                               const struct sq_switches *switches);

/* The same from sums at hand: over all steps of n_samples samples. */
struct sq_paper sq_paper_of(const struct sq_op *op, const struct sq_op_count *sum,
                            uint64_t n_samples, const struct sq_switches *switches);

/* The same from rates alone: as published. SSA takes three rates, others the first. */
struct sq_paper sq_paper_rate(const struct sq_op *op, double timesteps, const double rate[3],
                              const struct sq_switches *switches);

/* Energy in mJ by the published table's rule: 0.9 * G ACs + 4.6 * G MACs. */
double sq_paper_mj(double g_acs, double g_macs);

#endif
