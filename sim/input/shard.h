/* Shards: which of N equal parts of an input's samples a run is to take, as the user or the launcher of a
 * cluster says it. */
#ifndef SQ_SHARD_H
#define SQ_SHARD_H

#include "kernels/base/status.h"
#include "traces/format/select.h"

#include <stdint.h>

enum { SQ_SHARD_SOURCE = 160, SQ_MAX_SHARDS = 1000000 };

struct sq_shard {
    uint64_t index, of;           /* part 1 .. of; of 0: the input is not divided */
    char source[SQ_SHARD_SOURCE]; /* the launcher's variables that said it; "": the user did */
};

/* "3/10": part 3 of 10; "auto": as the variables of the environment say (sq_shard_of_launcher()); "auto/10":
 * the same, where they need not say how many there are. NULL: not divided. SQ_EUSAGE. */
int sq_shard_parse(struct sq_error *err, const char *text, struct sq_shard *shard);

/* What the launcher of this process set, of = 0: it does not say how many parts there are; docs/cluster.md has
 * the variables and which of them count first.
 *   of   parts that the user gave, 0: none
 * SQ_EUSAGE: no launcher said anything, or what cannot be, or two of them said different things. */
int sq_shard_of_launcher(struct sq_error *err, uint64_t of, struct sq_shard *shard);

/* The samples of a shard, of 0 .. n_samples - 1: parts are contiguous, in order, and differ by at most one
 * batch of `couple` samples (0 or 1: one sample), which none divides. SQ_EUSAGE: a part would be empty. */
int sq_shard_samples(struct sq_error *err, const struct sq_shard *shard, uint64_t n_samples,
                     unsigned couple, struct sq_range *samples);

#endif
