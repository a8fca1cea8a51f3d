/* Sets of samples: ascending, disjoint ranges of numbers, as few as say it. */
#ifndef SQ_SAMPLE_SET_H
#define SQ_SAMPLE_SET_H

#include "traces/format/select.h"

#include <stddef.h>

/* Zeroed: empty. Ranges that touch are one. */
struct sq_sample_set {
    struct sq_range *range; /* [n], ascending; none is empty */
    size_t n, room;
};

/* Append samples, which come behind all that the set holds (or touch the last one); an empty range changes
 * nothing. SQ_ENOMEM. */
int sq_sample_set_append(struct sq_error *err, struct sq_sample_set *set, struct sq_range samples);

/* Samples in the set. */
uint64_t sq_sample_set_count(const struct sq_sample_set *set);

/* Is the sample in the set? Logarithmic in the ranges. */
int sq_sample_set_has(const struct sq_sample_set *set, uint64_t sample);

/* Append to `rest`, which is empty, the samples of `set` that are not in `other`. SQ_ENOMEM. */
int sq_sample_set_without(struct sq_error *err, const struct sq_sample_set *set,
                          const struct sq_sample_set *other, struct sq_sample_set *rest);

/* How many of the first samples of `set` lie in `other`, up to the first that does not. */
uint64_t sq_sample_set_begun(const struct sq_sample_set *set, const struct sq_sample_set *other);

/* Append to `part`, which is empty, those samples of `set` that lie in `within`. SQ_ENOMEM. */
int sq_sample_set_clip(struct sq_error *err, const struct sq_sample_set *set,
                       struct sq_range within, struct sq_sample_set *part);

/* Empty it and give its memory back. */
void sq_sample_set_free(struct sq_sample_set *set);

#endif
