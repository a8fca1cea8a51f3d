/* A stream of events as the feed of a run: every T frames are a sample; each frame enters the
 * network when it is complete, and after each timestep the caller gets its result. */
#ifndef SQ_STREAM_FEED_H
#define SQ_STREAM_FEED_H

#include "sim/engine/run.h"
#include "sim/events/frames/frame_stream.h"
#include "sim/report/run_choices.h"

#include <stdatomic.h>

struct sq_stream_feed {
    struct sq_frame_stream *frames;
    struct sq_source_stop stop; /* ends waiting for frames */
    int has_stop;               /* it is open */
    uint32_t timesteps, classes;
    size_t frame_counts;            /* elements of a frame */
    uint64_t *complete_ns, *events; /* [timesteps]: when a frame was complete, events in it */
    _Atomic uint64_t n_frames;      /* read so far */
    void (*step)(void *data, const struct spikeq_step *step); /* or NULL */
    void *step_data;
};

/* Is this input a stream: standard input, an address, a FIFO, or requested as one? */
bool sq_stream_feed_is(const char *path, const struct sq_frames_choices *options);

/* Open the stream; `path`, what request and options point to, outlive the feed, which
 * sq_stream_feed_close() closes, after a failure too. SQ_ESHAPE, SQ_EUSAGE (no network of frames;
 * another rule), SQ_ENOMEM, SQ_EINTERRUPTED (SIGINT before the first bytes, where the options ask
 * for it), and as sq_frame_stream_open(). */
int sq_stream_feed_open(struct sq_error *err, const struct sq_network *network, const char *path,
                        const struct sq_frame_request *request,
                        const struct sq_run_choices *options, struct sq_stream_feed *feed);
void sq_stream_feed_close(struct sq_stream_feed *feed);

/* At most `limit` samples, 0: all. */
struct sq_feed sq_stream_feed_of(struct sq_stream_feed *feed, uint64_t limit, int carries_state);

/* For sq_run_options: `stream` is its sq_stream_feed. */
int sq_stream_feed_stepped(struct sq_stream_feed *feed, const struct sq_step *step);

#endif
