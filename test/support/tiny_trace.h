/* Small random traces for tests: a plan, and samples drawn from a seed. */
#ifndef SQ_TEST_TINY_TRACE_H
#define SQ_TEST_TINY_TRACE_H

#include "test/unit.h"
#include "traces/format/trace.h"
#include "traces/read/trace_reader.h"
#include "traces/write/trace_writer.h"

enum { TINY_POPULATIONS = 4, TINY_TIMESTEPS = 3, TINY_CLASSES = 5, TINY_MAX_NEURONS = 700 };

/* Populations "input" (counts), "a" [5,8,3] channels first, "b" [7,100] channels last, "c" of
 * unknown kind; a synapse; some meta. Static. */
const struct sq_trace_plan *tiny_plan(void);

/* Content of one frame, a function of (seed, sample, population, timestep): bit rows of spikes, or
 * whole numbers. Returns the number of nonzeros. */
uint64_t tiny_bits(uint64_t seed, uint64_t sample, uint32_t population, uint32_t timestep,
                   uint64_t *bits);
uint64_t tiny_values(uint64_t seed, uint64_t sample, uint32_t timestep, uint16_t *value);

/* Logits of a sample: logits [TINY_CLASSES]. */
void tiny_logits(uint64_t seed, uint64_t sample, float *logits);

/* Write sample number `id` of that seed; asserts success. */
void tiny_put(struct sq_trace_writer *writer, const struct sq_trace_plan *plan, uint64_t seed,
              uint64_t id);

/* A whole trace of samples 0 .. n - 1 at `path`, by plan (NULL: tiny_plan()). */
void tiny_trace(const char *path, const struct sq_trace_plan *plan, uint64_t seed, uint64_t n);

#endif
