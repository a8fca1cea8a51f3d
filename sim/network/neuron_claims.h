/* What a configuration file says of its populations, compared with the network that was loaded:
 * "populations" (all of them, by module path), "neuron_default" and "neuron_other" (neuron, tau,
 * v_threshold, decay; of those populations that differ). */
#ifndef SQ_NEURON_CLAIMS_H
#define SQ_NEURON_CLAIMS_H

#include "sim/network/network.h"

/* SQ_EVALUE names the population, what the file says and what the architecture and the weights make it.
 * Nothing to do where the configuration says nothing of populations. */
int sq_neuron_claims_check(struct sq_error *err, const struct sq_network *network);

#endif
