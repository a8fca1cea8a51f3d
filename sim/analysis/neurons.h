/* Neurons: what each neuron did over all samples: the base of sparseness, silence and maps. */
#ifndef SQ_NEURONS_H
#define SQ_NEURONS_H

#include "sim/analysis/measure.h"

/* Counters of sq_measure_neurons: [n_neurons] spikes, [n_neurons] squares (sum over samples of the
 * squared number of spikes in a sample), then moments of each row (token). Neuron: row * n_channels
 * + channel. */
static inline const uint64_t *sq_neuron_squares(const uint64_t *count,
                                                const struct sq_subject *subject)
{
    return count + sq_subject_neurons(subject);
}

/* The members "silent_neurons", "saturated_neurons", "dead_channels", "dead_heads". */
void sq_silence_write(cJSON *to, const uint64_t *count, const struct sq_scope *scope,
                      const struct sq_subject *subject);

/* "spread": lifetime sparseness, Gini, entropy. The caller adds what comes from elsewhere. */
void sq_spread_write(cJSON *to, const uint64_t *count, const struct sq_scope *scope,
                     const struct sq_subject *subject);

/* 1 - mean^2 / mean of squares, over 1 - 1/n: 0 all alike, 1 one alone responds (Treves and Rolls
 * 1991; Vinje and Gallant, Science 287, 2000). NaN where sum = 0 or n < 2. */
double sq_sparseness(uint64_t sum, uint64_t squares, uint64_t n);

#endif
