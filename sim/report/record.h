/* Record: outcomes of samples -> the counters that every accounting convention prices. */
#ifndef SQ_RECORD_H
#define SQ_RECORD_H

#include "sim/account/count/counters.h"
#include "sim/account/price/samples.h"
#include "sim/nodes/outcome.h"

struct sq_record;

/* An empty record for a network; *out is written only on success. SQ_ENOMEM, and what
 * sq_counters_from_config() refuses. */
int sq_record_new(struct sq_error *err, const struct sq_network *network, struct sq_record **out);

/* Add one sample, in ascending order of them: only the list of samples depends on it, as sums of real
 * numbers are exact. SQ_ENOMEM, SQ_EVALUE (a sum would exceed 64 bits). */
int sq_record_add(struct sq_error *err, struct sq_record *record, const struct sq_outcome *outcome);

/* Counts so far; owned by the record, valid until the next sample is added. */
const struct sq_counters *sq_record_counters(struct sq_record *record);

/* The same sample by sample; owned by the record. */
const struct sq_samples *sq_record_samples(const struct sq_record *record);

/* Both, to be added to: what other ranks counted of the same run. */
struct sq_counters *sq_record_counters_of(struct sq_record *record);
struct sq_samples *sq_record_samples_of(struct sq_record *record);

/* All samples are added, those of several ranks or of an earlier run in any order: put groups in the order of the
 * first samples that are in them, and samples in their own, as one run would have found them. */
void sq_record_settle(struct sq_record *record);

/* Move both out of the record, which is empty afterwards: the caller frees them. */
void sq_record_take(struct sq_record *record, struct sq_counters *counters,
                    struct sq_samples *samples);

/* Accepts NULL. */
void sq_record_free(struct sq_record *record);

#endif
