/* The body of every vector variant of sq_accumulate, on vectors as wide as the including file says.
 *
 * The includer defines
 *   ACCUMULATE_WEIGHT   type of a weight
 *   ACCUMULATE_SUM      type of a sum, as wide or wider
 *   ACCUMULATE_COLUMNS  weights of a row
 *   ACCUMULATE_LANES    sums of one vector: a divisor of the columns
 *   WIDEN(row)          the first vector of a row of weights, as sums
 *   ACCUMULATE_PAIRS    1: two quads at a time, where four chains do not hide the latency of an addition
 * and calls accumulate_quads(). Vector types of the compiler, so that the loop is written once and
 * each file's flags decide the instructions; lanes are outputs, so the bits cannot depend on it. */
#ifndef SQ_ACCUMULATE_ROWS_H
#define SQ_ACCUMULATE_ROWS_H

#include "kernels/accumulate/accumulate.h"
#include "kernels/accumulate/row_at.h"

#include <string.h>

#ifndef ACCUMULATE_PAIRS
#define ACCUMULATE_PAIRS 0
#endif

#define VECTOR(type, lanes) \
    type __attribute__((vector_size((lanes) * sizeof(type)), may_alias, aligned(16)))

enum {
    VECS = ACCUMULATE_COLUMNS / ACCUMULATE_LANES,
    ROW_SHIFT = SQ_SHIFT_OF(ACCUMULATE_COLUMNS * sizeof(ACCUMULATE_WEIGHT)),
};

typedef VECTOR(ACCUMULATE_SUM, ACCUMULATE_LANES) vec;

/* Sums of a quad; they stay in registers. */
struct sums {
    vec row[SQ_QUAD][VECS];
};

/* One event of each row. Its four weight rows come in one load: loads are what limits. */
SQ_ALWAYS_INLINE void add_four(struct sums *sum, const char *w, const uint16_t *event,
                               unsigned shift)
{
    uint64_t four;
    memcpy(&four, event, sizeof four);
    for (size_t r = 0; r < SQ_QUAD; r++, four >>= 16) {
        const size_t at = sq_keep_apart((uint16_t)four) << shift;
        const ACCUMULATE_WEIGHT *row = (const ACCUMULATE_WEIGHT *)(w + at);
        for (size_t i = 0; i < VECS; i++, row += ACCUMULATE_LANES)
            sum->row[r][i] += (vec)WIDEN(row);
    }
}

SQ_ALWAYS_INLINE vec *row_of(char *acc, const struct sq_row_at *at, const struct sq_quad *quad,
                             size_t r)
{
    return (vec *)(acc + sq_row_bytes(at, quad->row[r]));
}

SQ_ALWAYS_INLINE void begin_sums(struct sums *sum, char *acc, const struct sq_row_at *at,
                                 const struct sq_quad *quad, enum sq_sums_from from)
{
    for (size_t r = 0; r < SQ_QUAD; r++) {
        const vec *const row = row_of(acc, at, quad, r);
        for (size_t i = 0; i < VECS; i++)
            sum->row[r][i] = from == SQ_FROM_ZERO ? (vec){0} : row[i];
        for (size_t i = 0; from == SQ_FROM_TWICE && i < VECS; i++)
            sum->row[r][i] += sum->row[r][i];
    }
}

SQ_ALWAYS_INLINE void end_sums(const struct sums *sum, char *acc, const struct sq_row_at *at,
                               const struct sq_quad *quad)
{
    for (size_t r = 0; r < SQ_QUAD; r++) {
        vec *const row = row_of(acc, at, quad, r);
        for (size_t i = 0; i < VECS; i++)
            row[i] = sum->row[r][i];
    }
}

/* A quad, and where there are pairs the next one with it, which meets no more events than it does. Returns the
 * event behind them. */
SQ_ALWAYS_INLINE const uint16_t *add_quads(char *acc, const struct sq_row_at *at, const char *w,
                                           const struct sq_quad *quad, const uint16_t *event,
                                           enum sq_sums_from from, unsigned shift, int is_pair)
{
    struct sums sum, other;
    const uint16_t *const end = event + ((size_t)quad->n_events << 2);
    const uint16_t *next = end;
    begin_sums(&sum, acc, at, quad, from);
    if (is_pair) {
        const uint16_t *const next_end = next + ((size_t)quad[1].n_events << 2);
        begin_sums(&other, acc, at, quad + 1, from);
        for (; next < next_end; event += SQ_QUAD, next += SQ_QUAD) {
            add_four(&sum, w, event, shift);
            add_four(&other, w, next, shift);
        }
        end_sums(&other, acc, at, quad + 1);
    }
    for (; event < end; event += SQ_QUAD)
        add_four(&sum, w, event, shift);
    end_sums(&sum, acc, at, quad);
    return next;
}

SQ_ALWAYS_INLINE void accumulate_from(ACCUMULATE_SUM *sums, size_t width,
                                      const ACCUMULATE_WEIGHT *w, const struct sq_quads *quads,
                                      enum sq_sums_from from, unsigned shift,
                                      const struct sq_ahead *ahead)
{
    const struct sq_row_at at = sq_row_at(width, sizeof(ACCUMULATE_SUM));
    char *const acc = (char *)sums;
    const struct sq_quad *quad = quads->quad, *const last = quad + quads->n;
    const uint16_t *event = quads->event;
    const char *line = ahead->at; /* NULL where no line is left, so that nothing is added to it */
    size_t n_left = ahead->n_lines;
    while (quad < last) {
        const int is_pair = ACCUMULATE_PAIRS && quad + 1 < last;
        for (size_t i = 0; i < ahead->lines_a_quad << is_pair && n_left > 0;
             i++, n_left--, line += 64)
            __builtin_prefetch(line, 0, 2);
        event = is_pair ? add_quads(acc, &at, (const char *)w, quad, event, from, shift, 1)
                        : add_quads(acc, &at, (const char *)w, quad, event, from, shift, 0);
        quad += 1 + is_pair;
    }
}

/* Constants where they decide the code. */
SQ_ALWAYS_INLINE void accumulate_of(ACCUMULATE_SUM *acc, size_t width, const ACCUMULATE_WEIGHT *w,
                                    const struct sq_quads *quads, enum sq_sums_from from,
                                    const struct sq_ahead *ahead)
{
    if (quads->is_scaled)
        accumulate_from(acc, width, w, quads, from, ROW_SHIFT - SQ_EVENT_SHIFT, ahead);
    else
        accumulate_from(acc, width, w, quads, from, ROW_SHIFT, ahead);
}

static inline void accumulate_quads(ACCUMULATE_SUM *acc, size_t width, const ACCUMULATE_WEIGHT *w,
                                    const struct sq_quads *quads, enum sq_sums_from from,
                                    const struct sq_ahead *ahead)
{
    switch (from) {
    case SQ_FROM_ZERO:
        accumulate_of(acc, width, w, quads, SQ_FROM_ZERO, ahead);
        break;
    case SQ_FROM_SUMS:
        accumulate_of(acc, width, w, quads, SQ_FROM_SUMS, ahead);
        break;
    default:
        accumulate_of(acc, width, w, quads, SQ_FROM_TWICE, ahead);
    }
}

#endif
