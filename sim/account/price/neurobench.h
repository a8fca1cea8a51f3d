/* `neurobench` (NeuroBench e521c28, metrics/workload, metrics/static): Linear and Conv alone.
 *
 *   effective = (nonzero input, nonzero weight, existing output) triples; no bias
 *   they are ACs if every input of the call is -1, 0 or 1, else MACs; Dense excludes padding */
#ifndef SQ_NEUROBENCH_H
#define SQ_NEUROBENCH_H

#include "sim/account/count/counters.h"

struct sq_neurobench {
    uint64_t effective_acs, effective_macs, dense;
};

struct sq_neurobench sq_neurobench_count(const struct sq_op *op);

/* Bytes of all parameters (float32) and buffers; SPEC section 5. */
uint64_t sq_neurobench_footprint(const struct sq_counters *counters);

/* Zeros of all weights of layers, rounded to 4 decimals, half to even. */
double sq_neurobench_connection_sparsity(const struct sq_counters *counters);

/* (elements - nonzeros) / elements over the outputs of all neuron layers. */
double sq_neurobench_activation_sparsity(const struct sq_counters *counters);

#endif
