/* Count: the operations of spiking self-attention in both orders, from the bit rows alone.
 *
 * For accounting only: nothing here touches a current, a membrane or a spike, so it may multiply
 * counts. For each head, with q_i, k_j, v_j the bits of a token and z() the number of ones:
 *   A = q k^T          coincidences  sum of A = sum_c (sum_i q_ic) (sum_j k_jc)
 *                      events2       sum_ij [A_ij != 0] z(v_j)
 *   M = k^T v          coincidences  sum of M = sum_j z(k_j) z(v_j)
 *                      events2       sum_c (sum_i q_ic) z(M_c), M_c nonzero where OR of v_j is
 *   unary2             sum of A v = q M, equal for both orders */
#ifndef SQ_SSA_COUNT_H
#define SQ_SSA_COUNT_H

#include "kernels/attend/attend.h"

struct sq_ssa_count {
    uint64_t coincidences[2]; /* by enum sq_attend_order */
    uint64_t events2[2];
    uint64_t unary2;
    uint64_t nonzeros[2]; /* entries of A, of M that are not 0 */
    uint64_t not_unit;    /* 1 if some entry of A is neither 0 nor 2^unit_shift */
};

/* Bytes of scratch for this shape; a multiple of 64. */
size_t sq_ssa_count_scratch_bytes(const struct sq_attend_shape *shape);

/* Counts of one timestep, written to *count.
 *   q, k, v     bit rows [n_tokens][n_words]
 *   unit_shift  the scale is 2^-unit_shift
 *   scratch     sq_ssa_count_scratch_bytes(), 64-byte aligned; contents do not matter
 * Cost, whatever the rates: for each head, head_dim times head_dim + n_tokens word operations a
 * group of 64 tokens, in vectors. */
typedef void sq_ssa_count_fn(struct sq_ssa_count *count, const uint64_t *q, const uint64_t *k,
                             const uint64_t *v, const struct sq_attend_shape *shape,
                             unsigned unit_shift, void *scratch);

#define SQ_VARIANT(isa, needs) sq_ssa_count_fn sq_ssa_count_##isa;
#include "kernels/count/ssa_count.inc"
#undef SQ_VARIANT

#endif
