/* Random traces of any plan, for tests that need other populations than tiny_trace's. */
#ifndef SQ_TEST_RANDOM_TRACE_H
#define SQ_TEST_RANDOM_TRACE_H

#include "test/unit.h"
#include "traces/format/trace.h"

/* Write samples 0 .. n - 1 with random frames (numbers 0 .. 4 for kind `input`) at `path`; labels
 * are id % 3, logits two. Asserts success. */
void random_trace(const char *path, const struct sq_trace_plan *plan, uint64_t seed, uint64_t n);

/* The same with rows of one spike in 8, 60 or 900 neurons: many long stretches without a spike. */
void random_sparse_trace(const char *path, const struct sq_trace_plan *plan, uint64_t seed,
                         uint64_t n);

#endif
