/* The window: outcomes that wait until every older sample has been delivered, so that whatever is
 * made of a run (sums, files) sees the samples in their order, in whatever order they finish.
 */
#ifndef SQ_WINDOW_H
#define SQ_WINDOW_H

#include "sim/nodes/outcome.h"

struct sq_window_slot {
    struct sq_outcome outcome;
    int is_full;
};

struct sq_window {
    struct sq_window_slot *slot; /* [n_slots], turn modulo n_slots */
    uint64_t n_slots;
    uint64_t n_handed_on; /* all turns before this one */
};

/* Room for n_slots outcomes, that of turn 0 first; SQ_ENOMEM. */
int sq_window_alloc(struct sq_error *err, struct sq_arena *arena, const struct sq_network *network,
                    uint64_t n_slots, struct sq_window *window);

/* May the sample of this turn enter the network, or could it finish too early to be kept? */
static inline int sq_window_has_room(const struct sq_window *window, uint64_t turn)
{
    return turn - window->n_handed_on < window->n_slots;
}

/* Keep the outcome of a finished sample; *outcome becomes an empty one (pointers are swapped). */
void sq_window_put(struct sq_window *window, struct sq_outcome *outcome);

/* The outcome whose turn it is, or NULL; valid until the next sq_window_put(). */
const struct sq_outcome *sq_window_next(struct sq_window *window);

#endif
