/* The recorder's thread: whole samples in, compressed and written in the order in which they come.
 * What was given half a second ago is written down for good, whether more comes or not; sentences
 * of failures say how many samples the file holds. What it holds does not depend on the time. It
 * owns the trace from start to free. */
#ifndef SQ_RECORDER_WRITER_H
#define SQ_RECORDER_WRITER_H

#include "sim/record/encode.h"
#include "traces/write/trace_writer.h"

struct sq_record_writer;

/* Start the thread with its own n_spare buffers. The trace is the writer's, also after a
 * failure. SQ_ENOMEM. */
int sq_record_writer_start(struct sq_error *err, struct sq_trace_writer *trace,
                           const struct sq_encode_plan *plan, enum sq_trace_codec codec,
                           uint64_t n_spare, struct sq_record_writer **out);

/* Give a full buffer; *slot becomes an empty one. Waits until one is free. Fails with what writing
 * an earlier one failed with. */
int sq_record_writer_give(struct sq_error *err, struct sq_record_writer *writer,
                          struct sq_record_buffer *buffer, struct sq_record_buffer **slot);

/* Wait until all is written, then amend the trace (sq_trace_amend()); nothing is given after it. */
int sq_record_writer_amend(struct sq_error *err, struct sq_record_writer *writer, const char *key,
                           const char *value);

/* Wait until all is written, and written down. */
int sq_record_writer_keep(struct sq_error *err, struct sq_record_writer *writer);

/* Wait until all is written, then finish the trace. */
int sq_record_writer_finish(struct sq_error *err, struct sq_record_writer *writer);

/* Stop the thread when what it was given is written; close the trace. Accepts NULL. */
void sq_record_writer_free(struct sq_record_writer *writer);

#endif
