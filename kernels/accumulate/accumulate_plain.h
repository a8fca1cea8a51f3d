/* The body of every scalar variant of sq_accumulate: the definition, one row and output at a time.
 *
 * The includer defines ACCUMULATE_WEIGHT and ACCUMULATE_SUM, the types of a weight and of a sum, and
 * ACCUMULATE_COLUMNS, weights of a row, and calls accumulate_plain(). */
#ifndef SQ_ACCUMULATE_PLAIN_H
#define SQ_ACCUMULATE_PLAIN_H

#include "kernels/accumulate/accumulate.h"
#include "kernels/accumulate/row_at.h"

static inline void add_row(ACCUMULATE_SUM *restrict acc, const ACCUMULATE_WEIGHT *restrict row)
{
    for (size_t j = 0; j < ACCUMULATE_COLUMNS; j++)
        acc[j] = (ACCUMULATE_SUM)(acc[j] + row[j]);
}

static inline void begin_sums(ACCUMULATE_SUM *acc, enum sq_sums_from from)
{
    for (size_t j = 0; from != SQ_FROM_SUMS && j < ACCUMULATE_COLUMNS; j++)
        acc[j] = from == SQ_FROM_ZERO ? 0 : (ACCUMULATE_SUM)(acc[j] + acc[j]);
}

/* Of a row the sums are kept apart until its last event: they stay in registers. */
static inline void accumulate_plain(ACCUMULATE_SUM *acc, size_t width, const ACCUMULATE_WEIGHT *w,
                                    const struct sq_quads *quads, enum sq_sums_from from)
{
    const struct sq_row_at at = sq_row_at(width, sizeof *acc);
    const uint16_t *event = quads->event;
    const unsigned shift = SQ_SHIFT_OF(ACCUMULATE_COLUMNS * sizeof *w) -
                           (quads->is_scaled ? (unsigned)SQ_EVENT_SHIFT : 0);
    for (const struct sq_quad *quad = quads->quad; quad < quads->quad + quads->n; quad++) {
        for (size_t r = 0; r < SQ_QUAD; r++) {
            ACCUMULATE_SUM *row = (ACCUMULATE_SUM *)((char *)acc + sq_row_bytes(&at, quad->row[r]));
            begin_sums(row, from);
            for (uint32_t e = 0; e < quad->n_events; e++) {
                const size_t weights = (size_t)event[(e << 2) + r] << shift;
                add_row(row, (const ACCUMULATE_WEIGHT *)((const char *)w + weights));
            }
        }
        event += (size_t)quad->n_events << 2;
    }
}

#endif
