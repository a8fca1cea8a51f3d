/* Shards of a run -> the whole: the trace, or the report, that one run of all samples would have made. */
#ifndef SQ_MERGE_H
#define SQ_MERGE_H

#include "kernels/base/status.h"

#include <stddef.h>
#include <stdint.h>

struct sq_merge_request {
    const char *const *path; /* [n] of shards, in any order */
    size_t n;
    const char *out;
    int force;           /* 1: replace `out`, once the new one is whole */
    const char *command; /* noted in the trace; NULL: nothing is */
    int takes_unfinished; /* 1: traces that were cut short are fine, as long as no sample is missing */
    void (*progress)(void *data, uint64_t n_done, uint64_t n_total); /* samples; may be NULL */
    void *progress_data;
};

struct sq_merged {
    uint64_t n_samples;
};

/* Traces. The whole one has the samples of all, in ascending order, and the meta of a run of all; it lies at
 * OUT.partial until it is whole. Every row is verified before it is copied. Memory: page caches of SQLite, and
 * 24 bytes for each range of samples that a shard holds in a row.
 * SQ_EVALUE (missing or doubled samples), SQ_ESHAPE (a shard of another run: names the first difference),
 * SQ_EUNSUPPORTED (unfinished, no shard), SQ_EUSAGE (an existing file), and what sq_trace_open() and writing
 * refuse. */
int sq_merge_traces(struct sq_error *err, const struct sq_merge_request *request,
                    struct sq_merged *merged);

/* Reports, as JSON: equal to the report of one run of all samples but for the member `timing`, which holds the
 * sum of seconds. Errors as above. */
int sq_merge_reports(struct sq_error *err, const struct sq_merge_request *request,
                     struct sq_merged *merged);

#endif
