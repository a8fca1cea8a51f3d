/* The classifier: from sums of the last residual stream to logits, in the order of rounding of the
 * official code. */
#ifndef SQ_HEAD_H
#define SQ_HEAD_H

#include "sim/network/network.h"

/* feature[c] = mean over the first `timesteps` timesteps of the mean over tokens. Sums of integers
 * are exact; each division is rounded.
 *   sum      [timesteps][dim] last residual stream, summed over tokens
 *   feature  [dim] */
void sq_head_feature(const struct sq_network *network, const uint32_t *sum, uint32_t timesteps,
                     float *feature);

/* logits = W feature + b: [classes]. Needs the head's weights. */
void sq_head_logits(const struct sq_network *network, const float *feature, float *logits);

/* The class of the largest of n logits, n > 0; the first of equal ones. */
static inline uint32_t sq_head_class(const float *logits, uint32_t n)
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < n; i++)
        if (logits[i] > logits[best])
            best = i;
    return best;
}

#endif
