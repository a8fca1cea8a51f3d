/* Sparseness: how much the neurons of a population differ; silent neurons. */
#ifndef SQ_SPARSENESS_H
#define SQ_SPARSENESS_H

#include "sim/analysis/scope/measure.h"

/* The members "silent_neurons", "saturated_neurons", "dead_channels", "dead_heads". */
void sq_silence_write(cJSON *to, const uint64_t *count, const struct sq_scope *scope,
                      const struct sq_subject *subject);

/* "spread": lifetime sparseness, Gini, entropy. The caller adds the remaining members. */
void sq_spread_write(cJSON *to, const uint64_t *count, const struct sq_scope *scope,
                     const struct sq_subject *subject);

/* 1 - mean^2 / mean of squares, over 1 - 1/n: 0: all equal, 1: only one responds (Treves and Rolls
 * 1991; Vinje and Gallant, Science 287, 2000). NaN where sum = 0 or n < 2. */
double sq_sparseness(uint64_t sum, uint64_t squares, uint64_t n);

#endif
