/* The cut: where a replay enters the network. Everything downstream of the nodes named by --from is
 * computed; what that also needs is taken from the trace; nothing upstream runs. */
#ifndef SQ_CUT_H
#define SQ_CUT_H

#include "kernels/base/arena.h"
#include "sim/engine/feed.h"

struct sq_cut {
    unsigned char *role;    /* [n_nodes] of enum sq_role */
    unsigned char *is_from; /* [n_nodes] populations that --from names, or that a residual stream
                             * named there is the sum of: what a what-if changes */
    int needs_input;        /* pixels enter */
};

/* Node by the name that --from takes: a population, "input", a relay ("block.0.mid"), or "block.N",
 * the residual stream that enters block N. SQ_EUSAGE: no such node. */
int sq_cut_find(struct sq_error *err, const struct sq_network *network, const char *name,
                size_t *node);

/* Plan the cut; arrays lie in the arena.
 *   from      n_from nodes, at least one; not the head
 *   recorded  [n_nodes] 1: the trace holds the spikes of this population
 * SQ_EUSAGE (a node that nothing reads), SQ_EUNSUPPORTED (names the population that would have
 * to be injected and was not recorded), SQ_ENOMEM. */
int sq_cut_make(struct sq_error *err, struct sq_arena *arena, const struct sq_network *network,
                const size_t *from, size_t n_from, const unsigned char *recorded,
                struct sq_cut *cut);

#endif
