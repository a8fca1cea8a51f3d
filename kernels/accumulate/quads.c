#include "kernels/accumulate/quads.h"

#include <string.h>

enum { LANES = 8 };
typedef uint16_t eight __attribute__((vector_size(2 * LANES), may_alias, aligned(2)));
typedef uint32_t four __attribute__((vector_size(4 * LANES / 2), may_alias));

static const uint16_t nothing[LANES];

static uint32_t events_of(const struct sq_span *span, uint32_t n_spans)
{
    uint32_t n = 0;
    for (uint32_t k = 0; k < n_spans; k++)
        n += span[k].n_events;
    return n;
}

/* room->order: the rows from most events to fewest, and row n_rows as often as it takes to fill the last quad. */
static void sort_rows(const struct sq_quad_room *room, const struct sq_quad_rows *rows)
{
    const uint32_t n_rows = rows->n_rows, n_spans = rows->n_spans;
    uint32_t *const begin = room->begin, most = 0;
    memset(begin, 0, (rows->n_weight_rows + 2) * sizeof *begin);
    const struct sq_span *span = rows->span;
    for (uint32_t r = 0; r < n_rows; r++, span += n_spans) {
        const uint32_t n = events_of(span, n_spans);
        begin[n]++;
        most = n > most ? n : most;
    }
    uint32_t at = 0;
    for (uint32_t n = most + 1; n-- > 0;) {
        const uint32_t of_n = begin[n];
        begin[n] = at;
        at += of_n;
    }
    span = rows->span;
    for (uint32_t r = 0; r < n_rows; r++, span += n_spans)
        room->order[begin[events_of(span, n_spans)]++] = (struct sq_quad_row){span, r};
    for (uint32_t r = n_rows; r % SQ_QUAD != 0; r++)
        room->order[r] = (struct sq_quad_row){NULL, n_rows};
}

/* A row's events as one span. */
static struct sq_span join(const struct sq_span *span, uint32_t n_spans, uint16_t *list)
{
    if (span == NULL)
        return (struct sq_span){nothing, 0, 0};
    if (n_spans == 1)
        return *span;
    uint16_t *to = list;
    for (uint32_t k = 0; k < n_spans; k++, span++) {
        for (uint32_t e = 0; e < span->n_events; e += LANES)
            *(eight *)(to + e) = *(const eight *)(span->event + e) - span->base;
        to += span->n_events;
    }
    return (struct sq_span){list, (uint32_t)(to - list), 0};
}

/* Weight rows of events k to k + 7 of a span, `pad` behind its last; shifted. */
static inline eight take(const struct sq_span *span, uint32_t k, uint16_t pad, unsigned shift)
{
    static const eight lane = {0, 1, 2, 3, 4, 5, 6, 7};
    const uint32_t left = k < span->n_events ? span->n_events - k : 0;
    const uint16_t *const from = left > 0 ? span->event + k : nothing;
    const uint16_t n = (uint16_t)(left < LANES ? left : LANES);
    const eight is_event = (eight)(lane < n);
    return (((*(const eight *)from - span->base) & is_event) | (pad & ~is_event)) << shift;
}

/* Four spans event by event. */
static inline void interleave(uint16_t *to, const struct sq_span *span, uint32_t n_events,
                              uint16_t pad, unsigned shift)
{
    for (uint32_t k = 0; k < n_events; k += LANES, to += SQ_QUAD * LANES) {
        const eight a = take(&span[0], k, pad, shift), b = take(&span[1], k, pad, shift);
        const eight c = take(&span[2], k, pad, shift), d = take(&span[3], k, pad, shift);
        const four low_ab = (four)__builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
        const four high_ab = (four)__builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
        const four low_cd = (four)__builtin_shufflevector(c, d, 0, 8, 1, 9, 2, 10, 3, 11);
        const four high_cd = (four)__builtin_shufflevector(c, d, 4, 12, 5, 13, 6, 14, 7, 15);
        eight *const out = (eight *)to;
        out[0] = (eight)__builtin_shufflevector(low_ab, low_cd, 0, 4, 1, 5);
        out[1] = (eight)__builtin_shufflevector(low_ab, low_cd, 2, 6, 3, 7);
        out[2] = (eight)__builtin_shufflevector(high_ab, high_cd, 0, 4, 1, 5);
        out[3] = (eight)__builtin_shufflevector(high_ab, high_cd, 2, 6, 3, 7);
    }
}

struct sq_quads sq_quads_lay(struct sq_quad_room *room, const struct sq_quad_rows *rows,
                             enum sq_sums_from from)
{
    struct sq_quads quads = {room->quad, sq_quad_count(rows->n_rows), room->event,
                             rows->pad <= UINT16_MAX >> SQ_EVENT_SHIFT};
    sort_rows(room, rows);
    const struct sq_quad_row *order = room->order;
    for (size_t q = 0; q < quads.n; q++, order += SQ_QUAD) {
        struct sq_quad *const quad = room->quad + q;
        struct sq_span span[SQ_QUAD];
        for (size_t r = 0; r < SQ_QUAD; r++) {
            quad->row[r] = (uint16_t)order[r].row;
            span[r] = join(order[r].span, rows->n_spans, room->list[r]);
        }
        quad->n_events = span[0].n_events;
        if (quad->n_events == 0 && from == SQ_FROM_SUMS) { /* and so are all behind it */
            quads.n = q;
            break;
        }
        interleave(room->event, span, quad->n_events, rows->pad,
                   quads.is_scaled ? SQ_EVENT_SHIFT : 0);
        room->event += (size_t)quad->n_events << 2;
    }
    room->quad += quads.n;
    return quads;
}
