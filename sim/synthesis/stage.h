/* A stage: the nodes of a network fired one after the other by the engine's own firing, without the
 * queue, for a few samples at once. Every packet stays, so that one node can fire again and again
 * with other weights while what it reads stays as it is. */
#ifndef SQ_STAGE_H
#define SQ_STAGE_H

#include "sim/engine/feed.h"
#include "sim/engine/fire.h"
#include "sim/engine/observer.h"

struct sq_stage {
    const struct sq_network *network;
    struct sq_arena arena;
    struct sq_cpu cpu;
    struct sq_kernels kernels;
    struct sq_observers observers;
    struct sq_feed feed;
    struct sq_shared shared;
    struct sq_scratch scratch;
    struct sq_lane *lane; /* [n_lanes], a sample each */
    uint32_t n_lanes;
    float *current;         /* of one population, all timesteps of a sample */
    size_t current_stride;  /* from one timestep to the next */
    unsigned char *depends; /* [n_nodes] for sq_stage_fire_on() */
};

/* How many samples of the network fit in 1 GiB, at least one, at most `most`. */
uint32_t sq_stage_room(const struct sq_network *network, uint32_t most);

/* Room for n_lanes samples, whose pixels ([frames][C][H][W]) are the caller's to put into
 * lane[i].raw. SQ_EUSAGE (isa), SQ_ENOMEM. sq_stage_close() also after a failure. */
int sq_stage_open(struct sq_error *err, const struct sq_network *network, const char *isa,
                  uint32_t n_lanes, struct sq_stage *stage);
void sq_stage_close(struct sq_stage *stage);

/* Fire a node: all timesteps of every sample. What it reads has fired. */
int sq_stage_fire(struct sq_error *err, struct sq_stage *stage, size_t node);

/* Fire what reads one of the n nodes, directly or not, up to node `last`; not these nodes
 * themselves. */
int sq_stage_fire_on(struct sq_error *err, struct sq_stage *stage, const size_t *from, size_t n,
                     size_t last);

/* Does a node between the n nodes and `last` that is a population, and none of them, depend on them?
 */
int sq_stage_reaches_other(struct sq_stage *stage, const size_t *from, size_t n, size_t last);

/* Fire a node with a synapse; mean and variance of its current for each output, in double precision,
 * samples, timesteps and rows in order.
 *   mean, var   [channels] */
int sq_stage_moments(struct sq_error *err, struct sq_stage *stage, size_t node, double *mean,
                     double *var);

/* Spikes over neurons, timesteps and samples of a population that has fired, as reports have it. */
double sq_stage_rate(const struct sq_stage *stage, size_t node);

/* The neurons, timesteps, samples and levels that this rate is over. */
double sq_stage_whole(const struct sq_stage *stage, size_t node);

/* Spikes of channels first .. first + n - 1 of a population, all timesteps and samples. */
uint64_t sq_stage_spikes_of(const struct sq_stage *stage, size_t node, uint32_t first, uint32_t n);

#endif
