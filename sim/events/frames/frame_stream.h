/* Frames of a recording that is still being made: each is delivered as soon as it is complete, and
 * only it is in memory. Rules of time only, as a stream's length is not known:
 *
 *   - duration:US:new: frame k holds the events from k * US up to (k + 1) * US after the first;
 *     those of the very last time join the last frame where they would begin one
 *   - duration:US:old: a frame begins at an event and holds what comes at most US later
 *   - timesteps, of address events: each timestep that was sent is a frame, empty ones too */
#ifndef SQ_FRAME_STREAM_H
#define SQ_FRAME_STREAM_H

#include "sim/events/frames/recording_frames.h"

struct sq_frame_stream;

/* Begin to read `path`; waits for the recording's header. `path` and what the request points to
 * must outlive the stream.
 *   width, height   of the network's input
 * SQ_EUSAGE: a rule that needs the whole recording; SQ_ESHAPE, SQ_ENOMEM, and as
 * sq_camera_open(). */
int sq_frame_stream_open(struct sq_error *err, const char *path,
                         const struct sq_frame_request *request, uint32_t width, uint32_t height,
                         struct sq_frame_stream **out);
void sq_frame_stream_free(struct sq_frame_stream *stream);

/* Wait for the next frame: [2][height][width] counts in *frame, the stream's until the next call;
 * *frame NULL: the stream is over. SQ_EVALUE where the rule's own tool raises an error; as
 * sq_camera_next(). */
int sq_frame_stream_next(struct sq_error *err, struct sq_frame_stream *stream,
                         const int32_t **frame);

/* Events in the last frame. */
uint64_t sq_frame_stream_events(const struct sq_frame_stream *stream);

/* Counts of everything read so far. */
const struct sq_frame_counts *sq_frame_stream_counts(struct sq_frame_stream *stream);

/* Where and why the stream ended within a record, "byte 81: the recording is cut short: ...";
 * false: it did not. */
bool sq_frame_stream_is_cut(const struct sq_frame_stream *stream, char *out, size_t size);

/* "stream, AEDAT 2.0, DVS128, frames duration:1000:new, bin 1, view cifar10dvs" */
void sq_frame_stream_describe(const struct sq_frame_stream *stream, char *out, size_t size);

#endif
