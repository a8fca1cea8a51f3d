/* Traces of the golden sets: their spikes, as the official code gave them, in a trace. */
#ifndef SQ_TEST_GOLDEN_TRACE_H
#define SQ_TEST_GOLDEN_TRACE_H

#include "traces/format/trace.h"

/* How a golden trace is to differ from the plain one. Zeroed: not at all. */
struct golden_request {
    enum sq_trace_detail detail;
    int without_labels, without_config;
    uint32_t timesteps, n_samples; /* only the first so many; 0: all */
};

/* Write test/golden/SET/{spikes.npz,logits.npy,config.json} as a trace. Labels: the class of the
 * largest logit for even samples, the next class for odd ones. */
void golden_trace(const char *set, const char *path, const struct golden_request *request);

#endif
