#define _DEFAULT_SOURCE /* madvise() */

#include "sim/events/reader/event_store.h"

#include <stdlib.h>
#include <sys/mman.h>

enum { SIDE_BITS = 15, SIDE_MASK = (1 << SIDE_BITS) - 1 };

/* A slab has twice the bytes of the one before, up to those of a large page: the first touch of
 * many small ones takes longer than packing what they hold. */
enum { FIRST_BYTES = 1 << 16, MOST_BYTES = 1 << 21, ALL_BYTES = 1 << 26 };

/* An event: time since `base` (signed) in the upper half; in the lower p, y and x, 15 bits each. */
struct sq_event_slab {
    struct sq_event_slab *next;
    size_t n, room;
    int64_t base;
    uint64_t event[]; /* [room] */
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

/* NULL: out of memory. */
static struct sq_event_slab *new_slab(size_t bytes)
{
    void *slab = NULL;
    if (bytes < MOST_BYTES)
        slab = malloc(bytes);
    else if (posix_memalign(&slab, MOST_BYTES, bytes) == 0)
        madvise(slab, bytes, MADV_HUGEPAGE); /* advice: small pages do too */
    return slab;
}

/* A slab with room, after the last one; false: the store is full. */
static bool find_room(struct sq_event_store *store, int64_t base)
{
    if (store->last != NULL && store->last->n < store->last->room)
        return true;
    const size_t twice = store->last != NULL ? 2 * store->slab_bytes : FIRST_BYTES;
    const size_t bytes = twice < MOST_BYTES ? twice : MOST_BYTES;
    struct sq_event_slab *slab = store->bytes + bytes <= ALL_BYTES ? new_slab(bytes) : NULL;
    if (slab == NULL)
        return false;
    *slab =
        (struct sq_event_slab){.room = (bytes - sizeof *slab) / sizeof *slab->event, .base = base};
    if (store->last != NULL)
        store->last->next = slab;
    else
        store->first = slab;
    store->last = slab;
    store->slab_bytes = bytes;
    store->bytes += bytes;
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
        const size_t room = store->last->room - store->last->n, rest = batch->n - i;
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
