/* Gaps: ascending element numbers as a list of small steps (frame.h, encoding GAPS). */
#ifndef SQ_GAPS_H
#define SQ_GAPS_H

#include "traces/format/frame.h"

#include <stdbool.h>

enum { SQ_GAP_NONE = 255 }; /* moves on by 255 and names nothing */

/* One element `gap` places behind the last one named: the bytes needed, at least 1. */
static inline size_t sq_gap_bytes(size_t gap)
{
    return gap / SQ_GAP_NONE + 1;
}

/* Write that element; returns the place behind. */
static inline unsigned char *sq_gap_put(unsigned char *out, size_t gap)
{
    for (; gap >= SQ_GAP_NONE; gap -= SQ_GAP_NONE)
        *out++ = SQ_GAP_NONE;
    *out++ = (unsigned char)gap;
    return out;
}

/* Write the list of a set of spikes, at most `room` bytes of it. False: it needs more. */
bool sq_gaps_write(const struct sq_frame_shape *shape, const uint64_t *bits, size_t room,
                   unsigned char *out, size_t *size);

/* Read a list into bit rows; NULL or what is wrong with it. */
const char *sq_gaps_read(const struct sq_frame_shape *shape, const unsigned char *data, size_t size,
                         uint64_t *bits);

#endif
