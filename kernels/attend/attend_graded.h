/* Attention of small whole numbers: SSA on bit planes of counts, in integers, with additions and shifts.
 *
 *   y_i = factor * sum over tokens j of (q_i . k_j) v_j         for each head, token i
 *
 * as q (k^T v): each unit of k_jc adds v_j to row c of k^T v, each unit of q_ic adds that row to y_i.
 * Multispike neurons send such counts (Yao et al., Spike-driven Transformer V3, 2024); v has value_dim
 * channels a head, q and k head_dim. */
#ifndef SQ_ATTEND_GRADED_H
#define SQ_ATTEND_GRADED_H

#include "kernels/attend/attend.h"

struct sq_graded_shape {
    struct sq_attend_shape keys; /* of q and k */
    uint32_t value_dim;          /* channels of a head of v and y */
    uint32_t value_words;        /* of a token's bit row of v: ceil(n_heads * value_dim / 64) */
    uint32_t n_planes[3];        /* of q, k, v */
};

/* Where counts lie: plane p, token i, word w at bits[(p * n_tokens + i) * n_words + w]. */

/* Bytes of scratch that the functions below need; a multiple of 64. */
size_t sq_graded_scratch_bytes(const struct sq_graded_shape *shape);

/* One timestep.
 *   y        [n_tokens][y_stride] float32 currents; columns past n_heads * value_dim are set to zero.
 *            Sums below 2^24 (the caller checks this at load); the factor multiplies once a neuron
 *   scratch  sq_graded_scratch_bytes(), 64-byte aligned; contents do not matter
 * Cannot fail, allocates nothing. Cost: value_dim additions a set bit of k, and of q. */
void sq_attend_graded(float *y, size_t y_stride, const uint64_t *q, const uint64_t *k,
                      const uint64_t *v, const struct sq_graded_shape *shape, float factor,
                      void *scratch);

/* The same with the whole numbers left as they are: y [n_tokens][y_stride] int32. */
void sq_attend_graded_i32(int32_t *y, size_t y_stride, const uint64_t *q, const uint64_t *k,
                          const uint64_t *v, const struct sq_graded_shape *shape, void *scratch);

#endif
