/* Feeds: where the samples of a run come from. An input gives pixels; a trace gives packets,
 * which replace what their nodes would have computed. */
#ifndef SQ_FEED_H
#define SQ_FEED_H

#include "sim/engine/arrivals.h"
#include "sim/input/input.h"
#include "sim/network/network.h"
#include "sim/nodes/task.h"
#include "traces/format/sample_set.h"

/* enter() returns this, besides statuses, when no more samples will come, frame() when no more frames will. The run ends
 * without an error, and a sample that lacks frames does not count. */
enum { SQ_FEED_OVER = 1 };

/* The end of a feed of unknown length. */
#define SQ_FEED_ENDLESS UINT64_MAX

/* Which samples come next, one range after the other: a list, or what another process deals out. */
struct sq_ranges {
    /* The next range, not empty, behind all before it: SQ_OK; SQ_FEED_OVER: no more will come. Loop
     * thread; called only when a lane is free for the first sample of the range; may wait. */
    int (*next)(struct sq_error *err, void *data, struct sq_range *range);
    void *data;
};

struct sq_feed {
    uint64_t first, end; /* numbers of the samples: first .. end - 1, or fewer */
    /* Instead: the samples of these ranges. NULL: first .. end - 1. They outlive the run. */
    const struct sq_ranges *ranges;
    uint64_t n_before,
        n_samples; /* with ranges: how many were run before, and are all with those; for
                                   * what is said of progress alone */
    /* Sample `number` enters lane `lane`: pixels into raw ([frames][C][H][W]) unless the input is
     * skipped, its label or -1 into *label. Loop thread, in the order of the samples. */
    int (*enter)(struct sq_error *err, void *data, uint32_t lane, uint64_t number, float *raw,
                 int32_t *label);
    /* Frame t of the sample in the lane into raw, [C][H][W], where frames come one by one; NULL:
     * enter() gave all. May wait for it. Worker threads, in the order of t. */
    int (*frame)(struct sq_error *err, void *data, uint32_t lane, uint32_t t, float *raw);
    /* frame() waits no longer, but returns SQ_FEED_OVER. Loop thread; NULL: frame() never waits. */
    void (*stop)(void *data);
    int carries_state; /* 1: membranes keep their values from one sample of the lane to the next */
    /* Bit rows of the packet that a node of role SQ_INJECT or SQ_COUNT sends at t: all of its
     * words. Worker threads; NULL if no node has such a role. */
    int (*inject)(struct sq_error *err, void *data, unsigned worker, uint32_t lane, uint32_t t,
                  size_t node, uint64_t *bits);
    /* Change what any population sends at t; may be NULL. */
    void (*revise)(void *data, uint32_t lane, uint32_t t, size_t node, uint64_t *bits);
    const unsigned char *role; /* [n_nodes] of enum sq_role; NULL: all compute */
    void *data;
    /* Samples are there once they are announced here, and `end` is SQ_FEED_ENDLESS; NULL: all are
     * there from the start. It outlives the run. */
    struct sq_arrivals *arrivals;
};

/* The remaining samples of `input`, numbered from the next one. The input outlives it. */
struct sq_feed sq_feed_of_input(struct sq_input *input);

/* A set's ranges, one after the other. */
struct sq_set_ranges {
    const struct sq_sample_set *set;
    size_t next;
};

/* `ranges` gives those of the set, from the first on; both outlive it. */
struct sq_ranges sq_ranges_of_set(struct sq_set_ranges *ranges, const struct sq_sample_set *set);

static inline enum sq_role sq_role_of(const struct sq_feed *feed, size_t node)
{
    return feed->role != NULL ? (enum sq_role)feed->role[node] : SQ_COMPUTE;
}

#endif
