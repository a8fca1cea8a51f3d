/* Events that one pass over a recording keeps for the next: 8 bytes an event, at most 64 MiB (8
 * million events). It gives up, and frees what it holds, where there are more, where memory runs
 * out, or where 2^31 us lie between events that are close in the file: the next pass then decodes
 * again. It grows by the events that come and believes no header. */
#ifndef SQ_EVENT_STORE_H
#define SQ_EVENT_STORE_H

#include "sim/events/reader/event.h"

#include <stdbool.h>

struct sq_event_slab;

/* All zero: keeps nothing. */
struct sq_event_store {
    enum { SQ_STORE_OFF, SQ_STORE_TAKES, SQ_STORE_WHOLE, SQ_STORE_GIVES } state;
    struct sq_event_slab *first, *last; /* last: the current one, also when reading */
    size_t bytes, slab_bytes;           /* allocated in all, and by the last slab */
    size_t next;                        /* next event in `last` */
};

void sq_event_store_begin(struct sq_event_store *store);

/* Keep these too, whose times are good and whose coordinates are below SQ_EVENT_MAX_SIDE. None: the
 * pass reached the end, everything is kept. */
void sq_event_store_add(struct sq_event_store *store, const struct sq_event_batch *batch);

/* A new pass begins: can the store serve it? If not, it keeps nothing any more. */
bool sq_event_store_rewind(struct sq_event_store *store);

/* The next events, without their bytes' offsets; none at the end. */
void sq_event_store_next(struct sq_event_store *store, struct sq_event_batch *batch);

/* Free everything and keep nothing. */
void sq_event_store_stop(struct sq_event_store *store);

#endif
