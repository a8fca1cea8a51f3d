/* A stream under way: frames of a trace on their way to a reader.
 *
 *   frames -> batch (a buffer of address events) -> writes under way -> the reader
 *
 * The trace is read on only while fewer than 1 MiB is under way. With a pace, a timestep waits for
 * its time; delay by a slow reader is not waited for twice. */
#ifndef SQ_STREAM_PUMP_H
#define SQ_STREAM_PUMP_H

#include "sim/replay/stream_target.h"
#include "sim/spikeq.h"
#include "traces/export/address_events.h"

/* Bytes that are made or sent together, and what they hold. */
struct sq_stream_batch {
    struct sq_buffer buffer;
    uint64_t frames, events;
};

struct sq_stream {
    struct sq_error *err;
    int status;
    struct sq_event_reader *reader;
    struct sq_aer aer;
    struct sq_stream_target target;
    uv_loop_t loop;
    uv_timer_t timer;
    struct sq_stream_batch batch;
    size_t unsent; /* bytes under way */
    struct sq_frame_events next;
    int has_next;              /* `next` is read and not yet in a batch */
    uint64_t pace_ms, n_steps; /* 0: as fast as it goes; timesteps begun */
    uint64_t sample;           /* of the timestep at hand */
    uint32_t timestep;
    uint64_t start_ms;
    int is_waiting, is_whole, is_closed;
    struct spikeq_stream_result result;
};

/* Send everything that stream->reader gives to `target`, and return when that is done or the reader
 * is gone. The caller has set err, reader, aer and pace_ms, the rest is zero. What
 * sq_stream_target_open() and sq_event_reader_next() refuse, SQ_EIO, SQ_ENOMEM; stream->result then
 * says how much was sent. */
int sq_stream_run(struct sq_stream *stream, const char *target, int force);

#endif
