/* Limit: additions of weights that lie in the first-level cache, with accumulators in registers, as
 * fast as the processor can make them. Nothing is computed by it: a profile compares with it.
 *
 *   sum[j] += w[i * SQ_LIMIT_WIDTH + j]   for rows i in ascending order
 *
 * That is the work of kernels/accumulate without lists, addresses and tails: one load and one
 * addition for each weight. */
#ifndef SQ_LIMIT_H
#define SQ_LIMIT_H

#include <stddef.h>

enum { SQ_LIMIT_WIDTH = 128 };

/* sum [SQ_LIMIT_WIDTH], w [n_rows][SQ_LIMIT_WIDTH], both 64-byte aligned. Every sum is one chain, so
 * all variants agree bit for bit. Cannot fail, allocates nothing. */
typedef void sq_limit_f32_fn(float *sum, const float *w, size_t n_rows);

#define SQ_VARIANT(isa, needs) sq_limit_f32_fn sq_limit_f32_##isa;
#include "kernels/limit/limit.inc"
#undef SQ_VARIANT

#endif
