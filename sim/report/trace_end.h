/* The end of a run's trace: what could not be known at its beginning, and its completeness. */
#ifndef SQ_TRACE_END_H
#define SQ_TRACE_END_H

#include "sim/record/recorder.h"
#include "sim/report/report.h"

/* All samples that the run finished are given to the recorder. Notes what became of the events of
 * recordings and every warning; unless `is_interrupted`, also how long a stream was, and finishes
 * the trace. An interrupted run's stays open to be gone on with. As sq_recorder_amend(),
 * sq_recorder_finish(). */
int sq_trace_end(struct sq_error *err, struct sq_recorder *recorder,
                 const struct spikeq_report *report, int is_stream, int is_interrupted);

#endif
