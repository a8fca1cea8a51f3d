/* Plans: how the weights of every layer are tiled, said for firing rates; and read back, to be forced.
 *
 * A plan file has the form that sq_tilings_describe() writes as JSON. What forces stands beside "about",
 * which only describes and is not read:
 *
 *   {"format": "spikeq plan", "version": 1, "about": {...},
 *    "layers": [{"layer": "block.0.attn.q_linear", "about": {...},
 *                "tilings": [{"rate": 0.1, "lines": 1, "taps": 1, "channels": 128, "about": {...}}]}]}
 *
 *   lines      kernel lines of a step: 1, or all; 1 of a linear layer
 *   taps       of a line in a step
 *   channels   of a tap in a step: weight rows; fewer than all only where lines and taps are 1
 *   rate       of the ones on a bit plane of the input, above 0, ascending; may be left out of a single tiling
 *
 * Layers that a plan leaves out, or gives no tilings, are tiled as the engine chooses. */
#ifndef SQ_TILINGS_H
#define SQ_TILINGS_H

#include "kernels/base/arena.h"
#include "sim/network/network.h"
#include "sim/nodes/tiling.h"

enum { SQ_MAX_PLAN_RATES = 64 };

/* What is to be said of a network. */
struct sq_tilings_request {
    const char *isa;   /* NULL: auto */
    const char *rates; /* "0.05,0.1": ascending, above 0 and at most 1; NULL: these and 0.2 */
    int as_json;       /* 0: a table */
};

/* Say what the engine would choose here; *text is the caller's, by free(). SQ_EUSAGE: the request; SQ_ENOMEM. */
int sq_tilings_describe(struct sq_error *err, const struct sq_network *network,
                        const struct sq_tilings_request *request, char **text);

/* Read a plan (untrusted) for a network.
 *   out        [n_nodes], in the arena
 *   n_layers   that have tilings; at least one
 * SQ_EIO; SQ_EFORMAT: no such JSON; SQ_EVALUE: a layer that the network does not have, or that is not tiled; a
 * tiling that does not divide the kernel, makes too many steps, or, of 8-bit weights, is larger than was proven
 * to keep within 16 bits; a plan that forces nothing. SQ_ENOMEM. */
int sq_tilings_read(struct sq_error *err, const char *path, const struct sq_network *network,
                    struct sq_arena *arena, struct sq_forced_tilings **out, uint32_t *n_layers);

/* The same of text [size]; `origin` names it in errors. */
int sq_tilings_parse(struct sq_error *err, const char *origin, const char *text, size_t size,
                     const struct sq_network *network, struct sq_arena *arena,
                     struct sq_forced_tilings **out, uint32_t *n_layers);

#endif
