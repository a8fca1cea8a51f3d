/* Residual streams, rebuilt from the recorded spikes that they are sums of. */
#ifndef SQ_STREAMS_H
#define SQ_STREAMS_H

#include "sim/analysis/scope/measure.h"

enum { SQ_STREAM_PLANES = 8 };

/* Streams of a network: block.0.in, then mid and out of each block. Stream i holds 0 .. 2 + i. */
static inline uint32_t sq_n_streams(const struct sq_subject *streams)
{
    return streams->n_sources - 1;
}

/* Bytes of scratch for sq_streams_walk(). */
size_t sq_streams_scratch_bytes(const struct sq_subject *streams);

/* Call visit(data, index, planes, n_planes) for each stream of timestep t, in order.
 *   planes   [n_planes][n_rows][n_words], bit plane p holds bit p of every value */
typedef void sq_stream_visit(void *data, uint32_t index, const uint64_t *planes, unsigned n_planes);
void sq_streams_walk(const struct sq_scope *scope, const struct sq_subject *streams,
                     const struct sq_frame_view *view, uint32_t t, uint64_t *scratch,
                     sq_stream_visit *visit, void *data);

#endif
