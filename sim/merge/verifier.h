/* Verifying shards one ahead: while one is copied, a thread reads the next and verifies every row of it. */
#ifndef SQ_VERIFIER_H
#define SQ_VERIFIER_H

#include "sim/merge/shard_files.h"

struct sq_verifier;

/* For these traces, in the order of the pieces, each before its first one; all outlive the verifier. Nothing
 * runs yet. SQ_ENOMEM. */
int sq_verifier_new(struct sq_error *err, const struct sq_shard_file *file, size_t n_files,
                    const struct sq_piece *piece, size_t n_pieces, struct sq_verifier **out);

/* Wait until the file is verified, and begin with the one that comes next. Files are asked for in the order
 * of the pieces; again, they cost nothing. What sq_trace_open() and sq_trace_verify() refuse. */
int sq_verifier_wait(struct sq_error *err, struct sq_verifier *verifier, size_t file);

/* Wait for what runs. Accepts NULL. */
void sq_verifier_free(struct sq_verifier *verifier);

#endif
