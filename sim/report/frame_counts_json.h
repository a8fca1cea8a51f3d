/* Counts of the events of recordings, as JSON: the report's input.recordings, and the value of
 * a trace's meta key SQ_META_RECORDINGS. */
#ifndef SQ_FRAME_COUNTS_JSON_H
#define SQ_FRAME_COUNTS_JSON_H

#include "sim/report/report.h"

#include "sim/json/json.h"
#include "traces/format/description.h"

/* The report's counts; NULL or incomplete where memory ran out. The caller owns it. */
cJSON *sq_frame_counts_to_json(const struct spikeq_report *report);

/* The same on one line; NULL: out of memory. Freed with free(). */
char *sq_frame_counts_text(const struct spikeq_report *report);

/* Take the counts of a trace's meta entry into the report, which is left as it was where
 * `text` is NULL. SQ_EFORMAT: not such an object; `path` begins the sentence. */
int sq_frame_counts_read(struct sq_error *err, const char *path, const char *text,
                         struct spikeq_report *report);

#endif
