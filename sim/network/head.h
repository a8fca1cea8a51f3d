/* The classifier: from means of the last stream to logits, in the order of rounding of the
 * official code. */
#ifndef SQ_HEAD_H
#define SQ_HEAD_H

#include "sim/network/network.h"

/* Does the official classifier read something at each timestep, and not its mean over them? Its graph says
 * which node it reads: the first of the role head_in. Where none has that role, neurons of one row are read at
 * each timestep, all else by its mean. */
bool sq_head_reads_timesteps(const struct sq_network *network);

/* mean[c] = sum[c] / n_tokens, rounded once: of a timestep, sums of whole numbers, which are exact.
 *   sum, mean  [dim] */
void sq_head_mean(const uint32_t *sum, uint32_t n_tokens, uint32_t dim, float *mean);

/* feature[c] = mean over the first `timesteps` timesteps; each sum and the division are rounded.
 *   mean     [timesteps][dim] over the tokens
 *   feature  [dim] */
void sq_head_feature(const float *mean, uint32_t timesteps, uint32_t dim, float *feature);

/* logits = (logits + mean of `second` over the first `timesteps` timesteps) / 2, each step rounded.
 *   second  [timesteps][n] */
void sq_head_average(const float *second, uint32_t timesteps, uint32_t n, float *logits);

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
