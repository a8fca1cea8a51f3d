/* Encode: packets into the frames of a sample's buffer. */
#ifndef SQ_ENCODE_H
#define SQ_ENCODE_H

#include "kernels/base/arena.h"
#include "sim/engine/observer.h"
#include "traces/format/gaps.h"
#include "traces/format/trace.h"

/* Where the frames of a sample lie in its buffer: frame (p, t) is number p * timesteps + t. */
struct sq_encode_plan {
    const struct sq_network *network;
    const int32_t *population_of; /* [n_nodes], -1: not recorded */
    size_t n_frames, n_bytes;     /* of a buffer */
    size_t *offset;               /* [n_populations] of its frame at t = 0 */
    size_t *room;                 /* [n_populations] of one of its frames */
    size_t n_operations;          /* bytes */
    uint32_t timesteps;
    int counts_only;
    sq_gaps_add_fn *add_gaps; /* of the run's instruction set */
};

/* One sample on its way to the file. */
struct sq_record_buffer {
    struct sq_record_buffer *next; /* of the writer's queue */
    struct sq_trace_sample sample;
    struct sq_trace_frame *frame; /* [n_frames]; encoding SQ_FRAME_MISSING: not there */
    unsigned char *bytes;         /* [n_bytes] */
    unsigned char *operations;
    float *logits;
};

enum { SQ_FRAME_MISSING = 255 };

int sq_encode_plan_make(struct sq_error *err, struct sq_arena *arena,
                        const struct sq_network *network, const struct sq_trace_plan *plan,
                        const int32_t *population_of, unsigned cpu_features,
                        struct sq_encode_plan *out);

/* A buffer with all its memory; SQ_ENOMEM. */
int sq_record_buffer_new(struct sq_error *err, struct sq_arena *arena,
                         const struct sq_encode_plan *plan, struct sq_record_buffer **out);

/* Encode a packet into its frame. Any thread: only the one that sees a packet touches its frame. */
void sq_encode_packet(const struct sq_encode_plan *plan, const struct sq_packet_view *view,
                      struct sq_record_buffer *buffer);

#endif
