/* Limit: additions of weights that lie in the first-level cache, with accumulators in registers, as
 * fast as the processor can make them. Nothing is computed by it: profiles and benchmarks compare with it.
 *
 *   sum[j] += w[i * width + j]   for rows i in ascending order, width = SQ_LIMIT_BYTES / sizeof *w
 *
 * That is the work of kernels/accumulate without lists, addresses, widening and tails: one load and one
 * addition for each weight. Integers wrap. */
#ifndef SQ_LIMIT_H
#define SQ_LIMIT_H

#include <stddef.h>
#include <stdint.h>

enum {
    SQ_LIMIT_BYTES = 512, /* of a row */
    SQ_LIMIT_ROWS = 32,   /* that fill half of a first-level cache of 32 KiB */
};

/* sum [width], w [n_rows][width], both 64-byte aligned. Every sum is one chain, so all variants agree bit for bit. More
 * rows than SQ_LIMIT_ROWS are read once, in their order: what the next cache, or memory, gives. Cannot
 * fail, allocates nothing. */
typedef void sq_limit_f32_fn(float *sum, const float *w, size_t n_rows);
typedef void sq_limit_i16_fn(uint16_t *sum, const uint16_t *w, size_t n_rows);
typedef void sq_limit_i32_fn(uint32_t *sum, const uint32_t *w, size_t n_rows);

#define SQ_VARIANT(isa, needs)          \
    sq_limit_f32_fn sq_limit_f32_##isa; \
    sq_limit_i16_fn sq_limit_i16_##isa; \
    sq_limit_i32_fn sq_limit_i32_##isa;
#include "kernels/limit/limit.inc"
#undef SQ_VARIANT

#endif
