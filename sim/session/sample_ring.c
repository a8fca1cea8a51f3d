#include "sim/session/sample_ring.h"

#include "sim/nodes/lane.h"
#include "sim/report/packet_array.h"
#include "sim/report/sops.h"

#include <inttypes.h>
#include <string.h>

static uint32_t timesteps_of(const struct sq_sample_ring *ring)
{
    return ring->network->config.timesteps;
}

/* Places of the packets of some nodes; returns the words of a slot. */
static size_t lay_out(const struct sq_sample_ring *ring, const unsigned char *is_there, size_t *at)
{
    size_t words = 0;
    for (size_t i = 0; i < ring->network->n_nodes; i++) {
        at[i] = is_there[i] ? words : SQ_NOWHERE;
        if (is_there[i])
            words += sq_packet_words(&ring->network->node[i]) * timesteps_of(ring);
    }
    return words;
}

static int alloc_slot(struct sq_arena *arena, const struct sq_sample_ring *ring,
                      struct sq_sample_slot *slot)
{
    const size_t n_counts = ring->n_populations * timesteps_of(ring);
    slot->raw = sq_arena_alloc(arena, ring->pixels, sizeof *slot->raw);
    slot->given = sq_arena_alloc(arena, ring->given_words, sizeof *slot->given);
    slot->kept = sq_arena_alloc(arena, ring->kept_words, sizeof *slot->kept);
    slot->logits = sq_arena_alloc(arena, ring->network->head.n_out, sizeof *slot->logits);
    slot->spikes = sq_arena_alloc(arena, n_counts, sizeof *slot->spikes);
    slot->additions = sq_arena_alloc(arena, n_counts, sizeof *slot->additions);
    return slot->raw && slot->given && slot->kept && slot->logits && slot->spikes &&
           slot->additions;
}

int sq_sample_ring_alloc(struct sq_error *err, struct sq_arena *arena,
                         const unsigned char *is_given, const unsigned char *is_kept,
                         int has_pixels, struct sq_sample_ring *ring)
{
    const struct sq_network *network = ring->network;
    const struct sq_spike_shape *frame = &network->node[0].shape;
    ring->given_at = sq_arena_alloc(arena, network->n_nodes, sizeof *ring->given_at);
    ring->kept_at = sq_arena_alloc(arena, network->n_nodes, sizeof *ring->kept_at);
    ring->slot = sq_arena_alloc(arena, ring->n_slots, sizeof *ring->slot);
    int ok = ring->given_at != NULL && ring->kept_at != NULL && ring->slot != NULL;
    if (ok) {
        ring->given_words = lay_out(ring, is_given, ring->given_at);
        ring->kept_words = lay_out(ring, is_kept, ring->kept_at);
        ring->pixels =
            has_pixels ? (size_t)sq_network_frames(network) * frame->n_rows * frame->n_channels : 0;
    }
    for (uint64_t i = 0; ok && i < ring->n_slots; i++)
        ok = alloc_slot(arena, ring, &ring->slot[i]);
    return ok ? SQ_OK
              : sq_fail(err, SQ_ENOMEM,
                        "out of memory for %" PRIu64 " samples under way; use a smaller " SQ_OPT
                        "queue, or keep less",
                        ring->n_slots - 1);
}

static uint64_t *packet_at(const struct sq_sample_ring *ring, uint64_t *words, const size_t *at,
                           size_t node, uint32_t t)
{
    return words + at[node] + sq_packet_words(&ring->network->node[node]) * t;
}

uint64_t *sq_sample_given(const struct sq_sample_ring *ring, uint64_t sample, size_t node,
                          uint32_t t)
{
    return packet_at(ring, sq_sample_slot_of(ring, sample)->given, ring->given_at, node, t);
}

uint64_t *sq_sample_kept(const struct sq_sample_ring *ring, uint64_t sample, size_t node,
                         uint32_t t)
{
    return packet_at(ring, sq_sample_slot_of(ring, sample)->kept, ring->kept_at, node, t);
}

void sq_sample_ring_take(const struct sq_sample_ring *ring, const struct sq_outcome *outcome)
{
    const struct sq_network *network = ring->network;
    const uint32_t timesteps = timesteps_of(ring);
    struct sq_sample_slot *slot = sq_sample_slot_of(ring, outcome->sample);
    slot->label = outcome->label;
    slot->all_spikes = slot->all_additions = 0;
    memcpy(slot->logits, outcome->logits, network->head.n_out * sizeof *slot->logits);
    for (uint32_t t = 0; t < timesteps; t++)
        slot->all_additions += sq_sops_at(network, outcome, t);
    for (size_t p = 0; p < ring->n_populations; p++) {
        const struct sq_node *node = ring->population[p];
        const struct sq_tally *tally = &outcome->tally[(size_t)(node - network->node) * timesteps];
        for (uint32_t t = 0; t < timesteps; t++) {
            slot->spikes[p * timesteps + t] = tally[t].spikes;
            slot->additions[p * timesteps + t] = sq_sops_of(network, outcome, node, t);
            slot->all_spikes += tally[t].spikes;
        }
    }
}
