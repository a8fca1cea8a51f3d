/* A trace's spikes as plain arrays, for comparison with dumps and dense references. Tests only:
 * every failure ends the test. */
#ifndef SQ_TEST_TRACE_ARRAYS_H
#define SQ_TEST_TRACE_ARRAYS_H

#include "traces/format/trace.h"

/* One population that is not the input. */
struct trace_array {
    char name[SQ_TRACE_NAME_BYTES];
    size_t n_neurons;
    unsigned char *spikes; /* [T][B][dim...] as the official module returns it, 0 or 1 */
};

struct trace_arrays {
    uint32_t timesteps;
    uint64_t n_samples;
    size_t n;
    struct trace_array *array; /* in the order of the data's way */
};

/* All samples of a trace of spikes. */
void trace_arrays_read(const char *path, struct trace_arrays *out);
void trace_arrays_free(struct trace_arrays *arrays);

/* The array of a name: the test fails if there is none. */
const struct trace_array *trace_array_find(const struct trace_arrays *arrays, const char *name);

#endif
