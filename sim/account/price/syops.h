/* `syops` (the Spikingformer fork of syops-counter at 4378623): rows of (ops, acs, macs, rate) per
 * module, then the energy of the rows named like layers.
 *
 *   rate r of a spike tensor: float32(float32(sum) / float32(n)), widened; 1 if it is not one
 *   acs += ops * r if spike, else macs += ops
 *   energy_mj = Nmac / 1e9 * 4.6 + Nac / 1e9 * 0.9
 * Nac also holds, per block, base * (min(fr_k, fr_v) + fr_q), base = T * H * P^2 * dh * dh. */
#ifndef SQ_SYOPS_H
#define SQ_SYOPS_H

#include "sim/account/count/counters.h"
#include "sim/account/price/switches.h"

struct sq_syops_row {
    double ops, acs, macs, rate_percent; /* rate: summed over calls until divided */
};

/* One SSA block's rates, 0..1 (or above, if integers are spikes). */
struct sq_syops_ssa {
    double q, k, v;
};

struct sq_syops_total {
    double g_macs, g_acs, energy_mj;
};

/* Is the operation a module that the tool counts? */
int sq_syops_is_row(const struct sq_op *op);

/* Sums over the operation's groups, undivided; *n_calls is how many calls they are. */
struct sq_syops_row sq_syops_count(const struct sq_op *op, const struct sq_switches *switches,
                                   uint64_t *n_calls);

/* As the tool prints it: counts per image, the rate per call. */
struct sq_syops_row sq_syops_average(const struct sq_syops_row *sum, uint64_t n_images,
                                     uint64_t n_calls);

/* float32 rate of `sum` over `n` elements, widened. */
double sq_syops_rate(double sum, uint64_t n, const struct sq_switches *switches);

/* Does the energy hold this row? `is_layer`: convolution or linear, whatever its name. */
int sq_syops_is_priced(const char *name, int is_layer, const struct sq_switches *switches);

/* Add a priced row: to *macs if its rate is 100 %, else to *acs. */
void sq_syops_add(double *macs, double *acs, const struct sq_syops_row *row);

/* Operations of one block's SSA; base as above. */
double sq_syops_ssa_acs(uint64_t base, const struct sq_syops_ssa *rate);
uint64_t sq_syops_base(uint64_t timesteps, uint64_t heads, uint64_t tokens, uint64_t dim);

struct sq_syops_total sq_syops_price(double macs, double acs);

/* Sums of all rows by the module tree that dotted names make, children first, in order: the
 * printed "Nops". name[i] belongs to row[i]. */
struct sq_syops_row sq_syops_tree(const char *const *name, const struct sq_syops_row *row,
                                  size_t n);

#endif
