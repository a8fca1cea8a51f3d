#include "sim/engine/window.h"

#include <assert.h>

int sq_window_alloc(struct sq_error *err, struct sq_arena *arena, const struct sq_network *network,
                    uint64_t n_slots, struct sq_window *window)
{
    *window = (struct sq_window){.n_slots = n_slots};
    window->slot = sq_arena_alloc(arena, n_slots, sizeof *window->slot);
    if (window->slot == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for %llu outcomes",
                       (unsigned long long)n_slots);
    int status = SQ_OK;
    for (uint64_t i = 0; status == SQ_OK && i < n_slots; i++)
        status = sq_outcome_alloc(err, arena, network, &window->slot[i].outcome);
    return status;
}

void sq_window_put(struct sq_window *window, struct sq_outcome *outcome)
{
    struct sq_window_slot *slot = &window->slot[outcome->turn % window->n_slots];
    const struct sq_outcome empty = slot->outcome;
    assert(!slot->is_full && sq_window_has_room(window, outcome->turn));
    slot->outcome = *outcome;
    slot->is_full = 1;
    *outcome = empty;
}

const struct sq_outcome *sq_window_next(struct sq_window *window)
{
    struct sq_window_slot *slot = &window->slot[window->n_handed_on % window->n_slots];
    if (!slot->is_full)
        return NULL;
    slot->is_full = 0;
    window->n_handed_on++;
    return &slot->outcome;
}
