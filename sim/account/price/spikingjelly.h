/* `spikingjelly` (op_counter at afb1322: synop.py, ac.py, mac.py): tensor operations as PyTorch
 * dispatches them, on whole tensors. A spike tensor is binary.
 *
 *   compute_energy_pj = mac * 4.6 + ac * 0.9       (SynOp is informative only) */
#ifndef SQ_SPIKINGJELLY_H
#define SQ_SPIKINGJELLY_H

#include "sim/account/count/counters.h"
#include "sim/account/price/switches.h"

struct sq_spikingjelly {
    uint64_t synop, ac, mac;
    uint64_t state_ac; /* of ac: inside LIF layers */
};

struct sq_spikingjelly sq_spikingjelly_count(const struct sq_op *op,
                                             const struct sq_switches *switches);

/* The two products of an SSA operation apart. */
void sq_spikingjelly_ssa(const struct sq_op *op, struct sq_spikingjelly *first,
                         struct sq_spikingjelly *second);

/* sum += add. */
void sq_spikingjelly_add(struct sq_spikingjelly *sum, const struct sq_spikingjelly *add);

#endif
