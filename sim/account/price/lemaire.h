/* `lemaire` (spikingjelly analytical_energy at afb1322; after Lemaire et al., ICONIP 2022): the
 * operations of `spikingjelly` priced as int32, plus addressing and memory traffic.
 *
 *   ops        = (synop + ac + state_acc) * e_add + (mac + state_mac) * (e_mul + e_add)
 *   addressing = acc_addr * e_add + mac_addr * (e_mul + e_add)
 *   memory     = bytes of each kind * c(largest buffer of that kind), c piecewise linear
 *   total      = ops + addressing + memory                              e_add 0.1, e_mul 3.1 pJ */
#ifndef SQ_LEMAIRE_H
#define SQ_LEMAIRE_H

#include "sim/account/count/counters.h"
#include "sim/account/price/switches.h"

/* Sums over operations; the maxima decide the price of a byte. */
struct sq_lemaire {
    uint64_t synop, ac, mac; /* outside LIF layers */
    uint64_t state_acc, state_mac;
    uint64_t acc_addr, mac_addr;
    uint64_t read_in, write_out, read_params; /* bytes */
    uint64_t read_potential, write_potential;
    uint64_t max_read_in, max_write_out, max_read_params, potential_size;
    int has_state; /* a LIF layer was added */
};

struct sq_lemaire_price {
    double ops_pj, addressing_pj, inout_pj, params_pj, potential_pj, memory_pj, total_pj;
};

/* Add one operation. With lemaire-state=tool-first-run only the first LIF layer's state counts. */
void sq_lemaire_add(struct sq_lemaire *sum, const struct sq_op *op,
                    const struct sq_switches *switches);

struct sq_lemaire_price sq_lemaire_price(const struct sq_lemaire *sum,
                                         const struct sq_switches *switches);

/* Price of one byte in a buffer of so many bytes, pJ. */
double sq_lemaire_byte_pj(uint64_t buffer_bytes);

#endif
