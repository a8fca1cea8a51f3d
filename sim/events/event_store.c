#include "sim/events/event_store.h"

#include <stdlib.h>

enum { SLAB_EVENTS = 8192, MAX_SLABS = 1024, SIDE_BITS = 15, SIDE_MASK = (1 << SIDE_BITS) - 1 };

/* An event: time since `base` (signed) in the upper half; in the lower p, y and x, 15 bits each. */
struct sq_event_slab {
    struct sq_event_slab *next;
    size_t n;
    int64_t base;
    uint64_t event[SLAB_EVENTS];
};

void sq_event_store_begin(struct sq_event_store *store)
{
    sq_event_store_stop(store);
    store->state = SQ_STORE_TAKES;
}

void sq_event_store_stop(struct sq_event_store *store)
{
    for (struct sq_event_slab *slab = store->first, *next; slab != NULL; slab = next) {
        next = slab->next;
        free(slab);
    }
    *store = (struct sq_event_store){.state = SQ_STORE_OFF};
}

/* A slab with room behind the last one; false: there is none. */
static bool find_room(struct sq_event_store *store, int64_t base)
{
    if (store->last != NULL && store->last->n < SLAB_EVENTS)
        return true;
    struct sq_event_slab *slab = store->n_slabs < MAX_SLABS ? malloc(sizeof *slab) : NULL;
    if (slab == NULL)
        return false;
    slab->next = NULL;
    slab->n = 0;
    slab->base = base;
    if (store->last != NULL)
        store->last->next = slab;
    else
        store->first = slab;
    store->last = slab;
    store->n_slabs++;
    return true;
}

/* Pack n events; false: one is too far from the slab's first in time. */
static bool pack(struct sq_event_slab *slab, const struct sq_camera_event *event, size_t n)
{
    uint64_t *out = slab->event + slab->n, far = 0;
    for (size_t i = 0; i < n; i++) {
        const struct sq_camera_event e = event[i];
        const uint64_t after = (uint64_t)e.t - (uint64_t)slab->base;
        far |= (after + ((uint64_t)1 << 31)) >> 32;
        out[i] = after << 32 | (uint64_t)e.p << (2 * SIDE_BITS) |
                 (uint64_t)(e.y & SIDE_MASK) << SIDE_BITS | (e.x & SIDE_MASK);
    }
    slab->n += n;
    return far == 0;
}

void sq_event_store_add(struct sq_event_store *store, const struct sq_event_batch *batch)
{
    if (store->state == SQ_STORE_TAKES && batch->n == 0)
        store->state = SQ_STORE_WHOLE;
    for (size_t i = 0; store->state == SQ_STORE_TAKES && i < batch->n;) {
        if (!find_room(store, batch->event[i].t)) {
            sq_event_store_stop(store);
            return;
        }
        const size_t room = SLAB_EVENTS - store->last->n, rest = batch->n - i;
        const size_t now = rest < room ? rest : room;
        if (!pack(store->last, batch->event + i, now))
            sq_event_store_stop(store);
        i += now;
    }
}

bool sq_event_store_rewind(struct sq_event_store *store)
{
    if (store->state != SQ_STORE_WHOLE && store->state != SQ_STORE_GIVES) {
        sq_event_store_stop(store);
        return false;
    }
    store->state = SQ_STORE_GIVES;
    store->last = store->first;
    store->next = 0;
    return true;
}

void sq_event_store_next(struct sq_event_store *store, struct sq_event_batch *batch)
{
    const struct sq_event_slab *slab = store->last;
    const size_t rest = slab != NULL ? slab->n - store->next : 0;
    batch->n = rest < SQ_EVENT_BATCH ? rest : SQ_EVENT_BATCH;
    for (size_t i = 0; i < batch->n; i++) {
        const uint64_t e = slab->event[store->next + i];
        batch->event[i] = (struct sq_camera_event){.t = slab->base + ((int64_t)e >> 32),
                                                   .x = e & SIDE_MASK,
                                                   .y = e >> SIDE_BITS & SIDE_MASK,
                                                   .p = e >> (2 * SIDE_BITS) & 1};
    }
    store->next += batch->n;
    if (batch->n == rest && slab != NULL) {
        store->last = slab->next;
        store->next = 0;
    }
}
