/* Profile: the processor time of a run's firings, node by node, beside what the processor could add at
 * most. Times vary from run to run; nothing else of a run depends on them. */
#ifndef SQ_PROFILE_H
#define SQ_PROFILE_H

#include "sim/engine/fire.h"

struct sq_profile {
    size_t n_nodes;
    uint64_t *ns; /* [threads][n_nodes] processor time of each worker's firings */
    double limit; /* float32 additions a second of one thread, from the first-level cache, by the
                     kernels that run (kernels/limit) */
};

/* An empty profile in the arena; SQ_ENOMEM. */
int sq_profile_open(struct sq_error *err, struct sq_arena *arena, size_t n_nodes, unsigned threads,
                    struct sq_profile *profile);

/* Measure the limit on the calling thread, some ten milliseconds. */
void sq_profile_limit(struct sq_profile *profile, const struct sq_kernels *kernels);

/* sq_fire(), and its time added to the node's of worker `worker`. */
int sq_profile_fire(struct sq_error *err, struct sq_profile *profile,
                    const struct sq_shared *shared, const struct sq_firing *firing,
                    struct sq_lane *lane, struct sq_scratch *scratch, unsigned worker);

/* Seconds of a node, of all workers. */
double sq_profile_seconds(const struct sq_profile *profile, unsigned threads, size_t node);

#endif
