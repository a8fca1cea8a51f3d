/* The files that are merged, as sets of samples: do they make the whole, each sample once? */
#ifndef SQ_SHARD_FILES_H
#define SQ_SHARD_FILES_H

#include "kernels/base/warnings.h"
#include "sim/json/json.h"
#include "traces/format/sample_set.h"

/* What a shard says of itself: the member `shard` of a report, the meta key of a trace. */
struct sq_shard_claim {
    uint64_t index, of; /* of 0: it was dealt out sample by sample, and has no number */
    uint64_t whole;     /* samples of all shards together */
};

/* SQ_EFORMAT: no such object; `path` begins the sentence. */
int sq_shard_claim_read(struct sq_error *err, const char *path, const cJSON *object,
                        struct sq_shard_claim *claim);

struct sq_shard_file {
    const char *path;
    struct sq_shard_claim claim;
    struct sq_sample_set samples; /* that it holds */
};

/* Samples that one file holds and no other. */
struct sq_piece {
    struct sq_range samples;
    size_t file; /* number of it */
};

/* The ranges of all files in ascending order: they are the samples of `whole`, each once.
 *   pieces   freed by the caller with free(); written on success only
 * SQ_EVALUE: samples that two files hold, or none, or that are not of the whole: names the files; SQ_ENOMEM. */
int sq_shard_files_join(struct sq_error *err, const struct sq_shard_file *file, size_t n,
                        struct sq_range whole, struct sq_piece **pieces, size_t *n_pieces);

/* What the files warned of, in the order of their samples, each warning once; passed on to err's list too.
 *   warned   [n files] JSON of each, or NULL
 * SQ_EFORMAT: no list of warnings; what sq_warn() says; SQ_ENOMEM. */
int sq_shard_files_warn(struct sq_error *err, const struct sq_shard_file *file, char *const *warned,
                        const struct sq_piece *piece, size_t n_pieces, struct sq_warnings *list);

/* The file that is to be made must be none of those that it is made of. SQ_EUSAGE. */
int sq_shard_files_check_out(struct sq_error *err, const char *const *path, size_t n,
                             const char *out);

void sq_shard_files_free(struct sq_shard_file *file, size_t n);

#endif
