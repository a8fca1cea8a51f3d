/* The findings of inspect about a trace, for text and JSON. */
#ifndef SQ_TRACE_FINDINGS_H
#define SQ_TRACE_FINDINGS_H

#include "sim/json/json.h"
#include "traces/read/trace_reader.h"

struct sq_trace_findings {
    const char *path;
    struct sq_trace *trace;
    const struct sq_trace_plan *plan;
    uint64_t *spikes; /* [n_populations][timesteps] */
    uint64_t n_samples, n_labelled, n_correct, size_bytes;
};

/* Spikes of a population at timestep t, or at all of them (t < 0); *rate is their share of its
 * neurons, as in the report. */
uint64_t sq_trace_spikes(const struct sq_trace_findings *found, size_t p, int64_t t, double *rate);

/* NULL or incomplete where memory ran out; the caller deletes it. */
cJSON *sq_trace_json(const struct sq_trace_findings *found);

#endif
