/* Count: the operations of attention of counts in both orders, as ssa_count.h has them of spikes, with
 * z() the sum of counts: a unit of k and a unit of v coincide once. */
#ifndef SQ_GRADED_COUNT_H
#define SQ_GRADED_COUNT_H

#include "kernels/attend/attend_graded.h"
#include "kernels/count/ssa_count.h"

/* Bytes of scratch for this shape; a multiple of 64. */
size_t sq_graded_count_scratch_bytes(const struct sq_graded_shape *shape);

/* Counts of one timestep, written to *count; q, k, v as sq_attend_graded() reads them.
 *   unit     the whole number that is 1 as an entry of A and of M; 0: none can be
 *   not_unit_kv  1 if some entry of M is neither 0 nor `unit`
 * For accounting only: it may multiply. */
void sq_graded_count(struct sq_ssa_count *count, uint64_t *not_unit_kv, const uint64_t *q,
                     const uint64_t *k, const uint64_t *v, const struct sq_graded_shape *shape,
                     uint64_t unit, void *scratch);

#endif
