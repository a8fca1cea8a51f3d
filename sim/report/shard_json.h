/* Which part of the samples a report or a trace is about, as JSON: the report's member `shard`, and the value of
 * the trace's key of that name. */
#ifndef SQ_SHARD_JSON_H
#define SQ_SHARD_JSON_H

#include "sim/report/report.h"

/* {"index":3,"of":10,"first":20,"end":30,"whole":100}: the report's shard; `from` where a launcher said it.
 * whole: samples of all shards together. NULL or incomplete where memory ran out; the caller owns it. */
cJSON *sq_shard_to_json(const struct spikeq_report *report, uint64_t whole, int with_from);

/* The same on one line, without `from`: the value of SQ_META_SHARD. Freed with free(); NULL: out of memory. */
char *sq_shard_note(const struct spikeq_report *report, uint64_t whole);

#endif
