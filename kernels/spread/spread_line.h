/* The body of every variant of sq_spread, on vectors as wide as the including file says.
 *
 * The includer defines
 *   SPREAD_WEIGHT  type of a weight
 *   SPREAD_SUM     type of a sum, four bytes
 *   SPREAD_LANES   sums of one vector: a divisor of 16; 1 for no vectors
 *   WIDEN(row)     the first vector of a row of weights, as sums
 * and calls spread_line(). Lanes are outputs, so the bits cannot depend on it. */
#ifndef SQ_SPREAD_LINE_H
#define SQ_SPREAD_LINE_H

#include "kernels/base/block.h"
#include "kernels/spread/spread.h"

enum { WEIGHT_SHIFT = sizeof(SPREAD_WEIGHT) == 4 ? 0 : 1, LANE_VECS = 16 / SPREAD_LANES };

#if SPREAD_LANES == 1
typedef SPREAD_SUM vec;
#else
typedef SPREAD_SUM vec
    __attribute__((vector_size(SPREAD_LANES * sizeof(SPREAD_SUM)), may_alias, aligned(16)));
#endif

/* Rows of 16 * lanes16 outputs; the sums' and the weights'. */
SQ_ALWAYS_INLINE SPREAD_SUM *sum_row(SPREAD_SUM *sum, size_t row, size_t lanes16)
{
    return (SPREAD_SUM *)((char *)sum + sq_block_bytes(row, lanes16));
}

SQ_ALWAYS_INLINE const SPREAD_WEIGHT *weight_row(const SPREAD_WEIGHT *w, size_t row, size_t lanes16)
{
    return (const SPREAD_WEIGHT *)((const char *)w +
                                   (sq_block_bytes(row, lanes16) >> WEIGHT_SHIFT));
}

SQ_ALWAYS_INLINE void add_row(SPREAD_SUM *sum, const SPREAD_WEIGHT *w, size_t lanes16)
{
    for (size_t i = 0; i < lanes16 * LANE_VECS; i++, sum += SPREAD_LANES, w += SPREAD_LANES)
        *(vec *)sum += (vec)WIDEN(w);
}

SQ_ALWAYS_INLINE void double_sums(SPREAD_SUM *sum, const SPREAD_SUM *end)
{
    for (; sum < end; sum += SPREAD_LANES)
        *(vec *)sum += *(vec *)sum;
}

/* A pixel x is left of output x + 1, on output x and right of output x - 1. */
SQ_ALWAYS_INLINE void spread_run(SPREAD_SUM *sum, const SPREAD_WEIGHT *w, size_t lanes16,
                                 size_t n_channels, const struct sq_spread_span *span)
{
    const SPREAD_WEIGHT *const left = weight_row(w, span->first, lanes16);
    const SPREAD_WEIGHT *const centre = weight_row(left, n_channels, lanes16);
    const SPREAD_WEIGHT *const right = weight_row(centre, n_channels, lanes16);
    for (size_t i = 0; i < span->n_events; i++) { /* of none, span->event may be NULL */
        const struct sq_pixel_event *event = &span->event[i];
        SPREAD_SUM *const at = sum_row(sum, event->x, lanes16);
        add_row(sum_row(at, 2, lanes16), weight_row(left, event->channel, lanes16), lanes16);
        add_row(sum_row(at, 1, lanes16), weight_row(centre, event->channel, lanes16), lanes16);
        add_row(at, weight_row(right, event->channel, lanes16), lanes16);
    }
}

SQ_ALWAYS_INLINE void spread_runs(SPREAD_SUM *sum, const SPREAD_WEIGHT *w, size_t lanes16,
                                  size_t n_channels, size_t n_pixels,
                                  const struct sq_spread_span *span, size_t n_spans)
{
    SPREAD_SUM *const end = sum_row(sum, n_pixels + 2, lanes16);
    for (SPREAD_SUM *at = sum; at < end; at += SPREAD_LANES)
        *(vec *)at = (vec){0};
    for (; n_spans > 0; n_spans--, span++) {
        if (span->twice)
            double_sums(sum, end);
        spread_run(sum, w, lanes16, n_channels, span);
    }
}

SQ_ALWAYS_INLINE void spread_line(SPREAD_SUM *sum, const SPREAD_WEIGHT *w, size_t width,
                                  size_t n_channels, size_t n_pixels,
                                  const struct sq_spread_span *span, size_t n_spans)
{
    switch (width >> 4) {
    case 1:
        spread_runs(sum, w, 1, n_channels, n_pixels, span, n_spans);
        break;
    case 2:
        spread_runs(sum, w, 2, n_channels, n_pixels, span, n_spans);
        break;
    case 3:
        spread_runs(sum, w, 3, n_channels, n_pixels, span, n_spans);
        break;
    default:
        spread_runs(sum, w, 4, n_channels, n_pixels, span, n_spans);
    }
}

#endif
