/* Changes: what --drop, --shift and --silence do to the spikes of a replay. */
#ifndef SQ_CHANGE_H
#define SQ_CHANGE_H

#include "kernels/base/arena.h"
#include "sim/replay/cut.h"

enum { SQ_CHANGE_TEXT = 512 };

struct sq_change {
    double drop;        /* each injected spike is lost with this probability, 0 .. 1 */
    uint64_t seed;      /* which ones */
    int64_t shift;      /* injected packets come so many timesteps later (earlier if negative) */
    uint64_t **silence; /* [n_nodes] channels that never send: a mask [n_words], or NULL */
};

/* Add a silence: "GLOB", "GLOB[head=2]", "GLOB[channel=5]", "GLOB[channel=0:16]" (16 is out).
 *   silenced   [n_nodes], set to 1 where it applies
 * SQ_EUSAGE: no population has that name, no such head or channel; SQ_ENOMEM. */
int sq_change_silence(struct sq_error *err, struct sq_arena *arena,
                      const struct sq_network *network, const char *text, struct sq_change *change,
                      unsigned char *silenced);

/* Lose spikes of a packet: [n_rows][n_words]. Which ones depends on the seed, the sample, the
 * timestep, the node and the neuron, and on nothing else. */
void sq_change_drop(const struct sq_change *change, const struct sq_spike_shape *shape,
                    uint64_t sample, uint32_t t, size_t node, uint64_t *bits);

/* Clear the silenced channels of a packet. */
void sq_change_apply_silence(const struct sq_change *change, const struct sq_spike_shape *shape,
                             size_t node, uint64_t *bits);

/* "drop 0.1 with seed 7; silence block.0.attn.q_lif", as text; "": no change. */
void sq_change_text(const struct sq_change *change, const char *const *silence, size_t n_silence,
                    char *text, size_t size);

#endif
