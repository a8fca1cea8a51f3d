/* What the files of a rank's share have in common. */
#ifndef SQ_RANK_SHARE_INSIDE_H
#define SQ_RANK_SHARE_INSIDE_H

#include "sim/ranks/rank_share.h"

/* How a part is recorded: the run's request, as one that is dealt; `path` and `text` outlive it.
 *   text   room for what the trace says of it */
enum { SQ_DEALT_TEXT = 64 };
int sq_rank_recorder_options(const struct sq_rank_share *share,
                             const struct sq_run_choices *options, const char *path,
                             char text[SQ_DEALT_TEXT], struct sq_recorder_options *recorder);

/* Add the samples of a trace or a part, if it is there, to this rank's report, and their numbers to `held`, which is
 * empty. What sq_recorder_peek() and sq_report_add_trace() refuse. */
int sq_rank_take_held(struct sq_rank_share *share, const struct sq_recorder_options *recorder,
                      int with_report, struct sq_sample_set *held);

/* Is it a part of a rank that is not in this cluster? */
static inline int sq_rank_is_gone(const struct sq_rank_share *share, unsigned rank)
{
    return rank >= share->cluster->size;
}

#endif
