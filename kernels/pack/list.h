/* Bit rows -> event lists. */
#ifndef SQ_PACK_LIST_H
#define SQ_PACK_LIST_H

#include "kernels/pack/spikes.h"

/* Write the event lists of one plane (see spikes.h, invariants 2 and 3) and return the position
 * behind the last event.
 *   event      the set's whole event array; this plane's events start at event[first]. Beyond the
 *              last event written up to 63 entries may be overwritten with anything, so the array
 *              must be padded by SQ_LIST_PADDING entries
 *   begin      [n_rows + 1] of this plane; begin[0] = first, begin[n_rows] = the value returned
 *   bits       [n_rows][n_words] of this plane
 * Cost: one step per word plus one per event. Cannot fail, allocates nothing. */
typedef uint32_t sq_list_events_fn(uint16_t *event, uint32_t *begin, uint32_t first,
                                   const uint64_t *bits, const struct sq_spike_shape *shape);

enum { SQ_LIST_PADDING = 64 };

#define SQ_VARIANT(isa, needs) sq_list_events_fn sq_list_events_##isa;
#include "kernels/pack/list.inc"
#undef SQ_VARIANT

#endif
