/* The description of a trace as text: everything that is fixed when it is created, one line a fact.
 * Its SHA-256 is kept in the file, so that damage is found and a resumed run is the same run.
 *
 *   meta KEY = VALUE                 in order of keys; those below are left out, they may change
 *   population ID = NAME KIND SHAPE AXES N_ROWS N_CHANNELS THRESHOLD
 *   synapse ID = NAME KIND SOURCE TARGET N_IN N_OUT DENSE WEIGHT_ZEROS
 *   node NUMBER = ID OP INPUTS PARAMETERS EDGE MAX_VALUE ROLES CHANNELS HEIGHT WIDTH POPULATION
 *   operation NUMBER = NAME KIND NODE FAN_OUT DENSE ADDER_BITS FACTOR_BITS WEIGHTS WEIGHT_ZEROS
 *
 * For NULL stands 0, "" of a text, -1 of POPULATION and WEIGHT_ZEROS. */
#ifndef SQ_DESCRIPTION_H
#define SQ_DESCRIPTION_H

#include "kernels/base/status.h"
#include "traces/files/digest.h"
#include "traces/format/trace.h"

enum { SQ_SHAPE_TEXT = 160 };

/* The value of meta `samples` where it is SQ_TRACE_SAMPLES_UNKNOWN. */
#define SQ_META_UNKNOWN "unknown"

/* The key of the counts of recordings' events: those of the samples that are in. */
#define SQ_META_RECORDINGS "input_recordings"

/* The key of what was warned of: a JSON list of names and texts; left out where nothing was. */
#define SQ_META_COUPLE_BATCH "couple_batch"
#define SQ_META_WARNINGS     "warnings"

/* The keys of a shard: which part of the run's samples, a JSON object; and what said so, where the user
 * did not. */
#define SQ_META_SHARD      "shard"
#define SQ_META_SHARD_FROM "shard_from"

/* Keys of meta that say nothing about what is recorded: where things lay, who asked, how far. */
int sq_meta_may_change(const char *key);

/* "[4,8,8]": dim as JSON. */
void sq_shape_text(const struct sq_trace_population *population, char text[SQ_SHAPE_TEXT]);

/* plan->meta must hold every entry of the table, in order of keys. *text is freed by the caller;
 * SQ_ENOMEM. */
int sq_description_text(struct sq_error *err, const struct sq_trace_plan *plan, char **text);

/* The SHA-256 of that text; SQ_ENOMEM. */
int sq_description_digest_text(struct sq_error *err, const char *text, char digest[SQ_DIGEST_TEXT]);

/* The same, of the plan. */
int sq_description_digest(struct sq_error *err, const struct sq_trace_plan *plan,
                          char digest[SQ_DIGEST_TEXT]);

#endif
