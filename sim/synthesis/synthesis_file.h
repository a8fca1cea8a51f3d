/* The checkpoint of a synthesis, a safetensors file in float32 with the official module's names, and
 * what the command prints. */
#ifndef SQ_SYNTHESIS_FILE_H
#define SQ_SYNTHESIS_FILE_H

#include "sim/synthesis/synthesis.h"

/* What is said of a synthesis. */
struct sq_synthesis_note {
    const struct sq_synthesis *synthesis;
    char input[512]; /* "uniform noise", or the path of a file */
    const char *out;
    char how[SQ_SYNTHETIC_TEXT]; /* for readers of the file; sq_synthesis_describe() */
};

/* May a file take that place? Asked before the work begins. SQ_EUSAGE. */
int sq_synthesis_may_write(struct sq_error *err, const char *path, int replace);

/* Fill note->how: seed, rates, input, version. */
void sq_synthesis_describe(struct sq_synthesis_note *note);

/* Write the file. Metadata: "synthetic" (note->how), "spikeq" (version), "seed", "config", "rates" and
 * "reached" (JSON objects by population), "format". What sq_safetensors_write() refuses. */
int sq_synthesis_write(struct sq_error *err, const struct sq_synthesis_note *note, int replace);

/* The wanted and the reached rate of every population, for people or as JSON. SQ_ENOMEM. */
int sq_synthesis_tell(struct sq_error *err, const struct sq_synthesis_note *note, int as_json,
                      char **text);

/* Warn (rate-not-reached) of the populations that do not fire as wanted. */
int sq_synthesis_warn(struct sq_error *err, const struct sq_synthesis_note *note);

#endif
