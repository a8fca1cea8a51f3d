/* Sample ring: room for the samples that are under way in a session, with what was given for each and what came
 * of it. Taken whole at set-up; sample i lies in slot i modulo the number of slots, from push until the
 * caller has asked for the result behind its own. */
#ifndef SQ_SAMPLE_RING_H
#define SQ_SAMPLE_RING_H

#include "kernels/base/arena.h"
#include "sim/nodes/outcome.h"

struct sq_sample_slot {
    float *raw;      /* [frames][C][H][W]; NULL: pixels play no part */
    uint64_t *given; /* packets [given words], by node and timestep */
    int32_t label;
    /* The result. */
    uint64_t *kept;               /* packets [kept words] */
    float *logits;                /* [classes] */
    uint64_t *spikes, *additions; /* [n_populations][T] */
    uint64_t all_spikes, all_additions;
};

struct sq_sample_ring {
    const struct sq_network *network;
    const struct sq_node *const *population; /* [n_populations] */
    size_t n_populations;
    size_t *given_at, *kept_at; /* [n_nodes] of a node's first packet in a slot; or SQ_NOWHERE */
    size_t given_words, kept_words, pixels;
    struct sq_sample_slot *slot;
    uint64_t n_slots;
};

#define SQ_NOWHERE SIZE_MAX

/* Members network, population, n_populations and n_slots are set.
 *   is_given, is_kept   [n_nodes]
 * SQ_ENOMEM: names how many samples. */
int sq_sample_ring_alloc(struct sq_error *err, struct sq_arena *arena,
                         const unsigned char *is_given, const unsigned char *is_kept,
                         int has_pixels, struct sq_sample_ring *ring);

static inline struct sq_sample_slot *sq_sample_slot_of(const struct sq_sample_ring *ring,
                                                       uint64_t sample)
{
    return &ring->slot[sample % ring->n_slots];
}

/* The packet of a node at t: of what was given, of what is kept. */
uint64_t *sq_sample_given(const struct sq_sample_ring *ring, uint64_t sample, size_t node,
                          uint32_t t);
uint64_t *sq_sample_kept(const struct sq_sample_ring *ring, uint64_t sample, size_t node,
                         uint32_t t);

/* A finished sample: write its result. */
void sq_sample_ring_take(const struct sq_sample_ring *ring, const struct sq_outcome *outcome);

#endif
