/* Playback: samples of a trace as they enter lanes, their frames kept until the packets
 * are injected or compared, and what the run cost when it was recorded. */
#ifndef SQ_PLAYBACK_H
#define SQ_PLAYBACK_H

#include "kernels/base/arena.h"
#include "sim/nodes/outcome.h"
#include "traces/read/trace_reader.h"

struct sq_playback {
    struct sq_trace *trace;
    const struct sq_network *network;
    const int32_t *population_of; /* [n_nodes] */
    const unsigned char *is_kept; /* [n_nodes] frames that lanes keep; others are only checked */
    int checks_all;               /* read, and so verify, frames that are not kept */
    int has_pixels;               /* the trace's input events enter as pixels, */
    int needs_pixels;             /* and something computes with them */
    unsigned batch;
    uint64_t in_flight;
    struct sq_trace_frame *frame; /* [batch][n_nodes][T] */
    unsigned char *bytes;         /* [batch][lane_bytes] */
    size_t *offset;               /* [n_nodes] in a lane, of the frame at t = 0 */
    size_t lane_bytes, largest;
    struct sq_outcome *outcome;    /* [in_flight] as recorded, by sample number */
    unsigned char *has_operations; /* [in_flight] */
    unsigned char *scratch;        /* [workers][largest] */
    uint16_t *value;               /* of one input frame */
    uint64_t **level; /* [workers] a packet with the virtual timesteps of multispike neurons */
    size_t level_words;
};

/* Allocate. Members of `playback` down to in_flight are set. SQ_ENOMEM. */
int sq_playback_alloc(struct sq_error *err, struct sq_arena *arena, unsigned n_workers,
                      struct sq_playback *playback);

/* Sample `number` enters a lane: read its row and its frames. `raw` gets the input's events where
 * has_pixels. SQ_EFORMAT names what is damaged; SQ_ESHAPE: the samples are not consecutive. */
int sq_playback_enter(struct sq_error *err, struct sq_playback *playback, uint32_t lane,
                      uint64_t number, float *raw);

/* The recorded packet of a node at t, decoded: bits [n_rows][n_words], of multispike neurons
 * the rows of each virtual timestep in turn (kernels/pack/levels.h). Worker threads. */
int sq_playback_packet(struct sq_error *err, const struct sq_playback *playback, unsigned worker,
                       uint32_t lane, uint64_t sample, uint32_t t, size_t node, uint64_t *bits);

/* The trace's population of a node that it holds. */
static inline const struct sq_trace_population *sq_playback_population(
    const struct sq_playback *playback, size_t node)
{
    return &sq_trace_plan_of(playback->trace)->population[playback->population_of[node]];
}

/* Words of a packet as the trace has it: of multispike neurons, all virtual timesteps. */
static inline size_t sq_playback_level_words(const struct sq_playback *playback, size_t node)
{
    const struct sq_node *of = &playback->network->node[node];
    return sq_plane_words(&of->shape) * sq_node_levels(of);
}

static inline struct sq_outcome *sq_playback_outcome(const struct sq_playback *playback,
                                                     uint64_t sample)
{
    return &playback->outcome[sample % playback->in_flight];
}

#endif
