/* Verify: computed packets against recorded ones, spike for spike. */
#ifndef SQ_VERIFY_H
#define SQ_VERIFY_H

#include "sim/engine/feed.h"
#include "sim/engine/observer.h"
#include "sim/replay/playback.h"
#include "traces/compare/difference.h"

#include <uv.h>

/* The first difference, and its node. */
struct sq_divergence {
    int is_found;
    size_t node;
    struct sq_difference difference; /* a is what was computed, b what was recorded */
};

struct sq_verify {
    struct sq_observer observer;
    const struct sq_playback *playback;
    const unsigned char *role; /* [n_nodes] */
    uint64_t **bits;           /* [workers] a recorded packet, decoded */
    uint64_t *n_frames;        /* [workers][n_nodes] compared */
    uint64_t *n_different;     /* [workers][n_nodes] neurons that differ */
    unsigned n_workers;
    struct sq_divergence first; /* in the order of sample, timestep, node, neuron */
    uv_mutex_t mutex;           /* of first */
    int has_mutex;
};

/* Take memory; verify->observer then compares every computed population that was recorded.
 * SQ_ENOMEM. sq_verify_end() is due also after a failure. */
int sq_verify_begin(struct sq_error *err, struct sq_arena *arena,
                    const struct sq_playback *playback, const unsigned char *role,
                    unsigned n_workers, struct sq_verify *verify);
void sq_verify_end(struct sq_verify *verify);

/* Sums over workers for one node. */
uint64_t sq_verify_frames(const struct sq_verify *verify, size_t node);
uint64_t sq_verify_different(const struct sq_verify *verify, size_t node);

#endif
