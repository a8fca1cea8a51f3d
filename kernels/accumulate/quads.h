/* Quads: the rows of a group by their number of events, four at a time, laid out for kernels/accumulate.
 *
 * The row with most events comes first; of rows that meet as many, the earlier one. Which rows share a quad
 * changes the time and never a sum: a row's events keep their order. */
#ifndef SQ_QUADS_H
#define SQ_QUADS_H

#include "kernels/accumulate/accumulate.h"

/* Events of one row that share a stretch of weight rows: that of event e is (uint16_t)(e - base). For a linear
 * layer base is 0; for kernel line ky of a 3x3 convolution at column x, it is (x - 1) * C - 3 * ky * C modulo
 * 65536. */
struct sq_span {
    const uint16_t
        *event; /* of a list that is padded by 7 entries or more, which are read and not used; NULL
                              where there are no events */
    uint32_t n_events;
    uint16_t base;
};

/* What is laid out: span [n_rows][n_spans], the spans of a row one behind the other. */
struct sq_quad_rows {
    const struct sq_span *span;
    uint32_t n_rows, n_spans;
    uint32_t n_weight_rows; /* a row meets so many events at most */
    uint16_t pad;           /* the weight row that adds nothing */
};

/* A row in its place: scratch. */
struct sq_quad_row {
    const struct sq_span *span; /* [n_spans]; NULL: none is there */
    uint32_t row;
};

/* Where it is laid out. */
struct sq_quad_room {
    struct sq_quad *quad;      /* sq_quad_count(n_rows) are free behind it, */
    uint16_t *event;           /* and sq_quad_events() here */
    uint32_t *begin;           /* [n_weight_rows + 2] of the largest call: scratch */
    struct sq_quad_row *order; /* [n_rows + SQ_QUAD]: scratch */
    uint16_t *list[SQ_QUAD]; /* [n_weight_rows + 8] each: scratch, where rows have several spans */
};

static inline size_t sq_quad_count(size_t n_rows)
{
    return (n_rows + SQ_QUAD - 1) / SQ_QUAD;
}

/* Entries behind the last quad that may be written. */
enum { SQ_QUAD_SLACK = 32 };

static inline size_t sq_quad_events(size_t n_rows, size_t n_weight_rows)
{
    return sq_quad_count(n_rows) * SQ_QUAD * n_weight_rows + SQ_QUAD_SLACK;
}

/* Lay `rows` out, and move room->quad and room->event behind them.
 *   from   SQ_FROM_SUMS: quads whose rows meet nothing are left out
 * Where n_rows is not a multiple of four, the last quad names row n_rows in place of those that are missing.
 * Cannot fail, allocates nothing. Cost: a few operations a row, and about half of one an event. */
struct sq_quads sq_quads_lay(struct sq_quad_room *room, const struct sq_quad_rows *rows,
                             enum sq_sums_from from);

#endif
