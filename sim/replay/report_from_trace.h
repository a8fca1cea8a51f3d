/* Report from trace: a trace as the outcomes of its samples, and as the report of the run that made
 * it, from the counts that it holds: no spike is decoded, nothing is computed again. */
#ifndef SQ_REPORT_FROM_TRACE_H
#define SQ_REPORT_FROM_TRACE_H

#include "sim/report/report.h"
#include "traces/format/select.h"
#include "traces/read/trace_reader.h"

/* An empty report for the network that a trace describes, which it owns; freed with
 * sq_report_free(). What sq_rebuild_network() refuses; SQ_ENOMEM. */
int sq_report_begin_from_trace(struct sq_error *err, const struct sq_trace *trace,
                               struct spikeq_report **out);

/* Samples of the batches that the trace was recorded in, of a network with batch-coupled neurons; 0: of
 * another. */
unsigned sq_couple_batch_of(const struct sq_trace *trace);

/* One sample's outcome from its row. `outcome` has its arrays (sq_outcome_alloc()).
 * SQ_EUNSUPPORTED: operations were not recorded; SQ_EFORMAT; SQ_ESHAPE (logits of another
 * network). */
int sq_outcome_from_trace(struct sq_error *err, const struct sq_trace *trace,
                          const struct sq_network *network, const struct sq_trace_sample *sample,
                          struct sq_outcome *outcome);

/* Add the samples of `range` that the trace holds to a report of this network. */
int sq_report_add_trace(struct sq_error *err, struct sq_trace *trace, const struct sq_range *range,
                        struct spikeq_report *report);

/* The whole report of a trace, as the run would have given it; the report owns its network.
 * *out is written only on success. */
int sq_report_from_trace(struct sq_error *err, const char *path, struct spikeq_report **out);

#endif
