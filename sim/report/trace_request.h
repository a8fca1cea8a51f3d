/* What the public options ask to be recorded, as the recorder wants it; and the end of a run's
 * trace: what could not be known at its beginning, and its completeness. */
#ifndef SQ_TRACE_REQUEST_H
#define SQ_TRACE_REQUEST_H

#include "sim/record/recorder.h"
#include "sim/record/trace_plan.h"
#include "sim/report/report.h"
#include "sim/report/run_choices.h"

/* The request for a run that `report` is about; its texts are those of options and report, which notes
 * its shard for that. SQ_EUSAGE: an unknown detail or codec, not a range; SQ_ENOMEM. */
int sq_trace_request_of(struct sq_error *err, const struct sq_trace_choices *options,
                        struct spikeq_report *report, struct sq_trace_request *request);

/* All samples that the run finished are given to the recorder. Notes what became of the events of
 * recordings and every warning; unless `is_interrupted`, also how long a stream was, and finishes
 * the trace. An interrupted run's can be resumed. As sq_recorder_amend(),
 * sq_recorder_finish(). */
int sq_trace_end(struct sq_error *err, struct sq_recorder *recorder,
                 const struct spikeq_report *report, int is_stream, int is_interrupted);

#endif
