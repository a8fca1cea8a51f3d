/* The limit of additions: how many numbers a second an instruction set adds that lie in the
 * first-level cache, one load and one addition for each vector and nothing else. What an event's
 * weight row takes is this, the widening of integers, and the finding of the row. */
#ifndef SQ_BENCH_LOAD_ADD_H
#define SQ_BENCH_LOAD_ADD_H

#include <stddef.h>

enum {
    LIMIT_BYTES = 16384, /* half of a first-level cache of 32 KiB */
    LIMIT_SUMS = 8 * 64,
};

/* Add all of `from` [n_bytes, a multiple of 512, 64-byte aligned] into eight vectors, n_passes times,
 * and store them in `sums` [LIMIT_SUMS bytes], so that no lane is left out. More than the first-level
 * cache holds gives the limit of the next one, and of memory. */
typedef void limit_fn(const void *from, size_t n_bytes, size_t n_passes, void *sums);

#define SQ_VARIANT(isa, needs) limit_fn limit_f32_##isa, limit_i16_##isa, limit_i32_##isa;
#include "kernels/accumulate/accumulate.inc"
#include "kernels/base/cpu.h"
#undef SQ_VARIANT

#endif
