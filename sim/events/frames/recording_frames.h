/* A recording as the frames that a network takes. */
#ifndef SQ_RECORDING_FRAMES_H
#define SQ_RECORDING_FRAMES_H

#include "sim/events/frames/frame_maker.h"

/* How a sensor's frame gets the network's size, each side by itself: cropped where it is larger,
 * padded with zeros where it is smaller. */
enum sq_frame_place {
    SQ_PLACE_REFUSE, /* no rule was given */
    SQ_PLACE_CENTER, /* half of the difference, rounded down, before it */
    SQ_PLACE_CORNER, /* the top left corner stays */
};

/* How recordings are read and binned. */
struct sq_frame_request {
    const char *frames; /* the rule */
    uint32_t bin;       /* >= 1 */
    enum sq_frame_place crop, pad;
    struct sq_event_options read;
};

/* "frames number:16, bin 1, view raw, crop center, pad corner": `rule` and what else was asked for.
 */
void sq_frame_request_text(const struct sq_frame_request *request, const char *rule, char *out,
                           size_t size);

/* "center", "corner", or NULL for none; `option` begins the complaint. SQ_EUSAGE. */
int sq_frame_place_parse(struct sq_error *err, const char *option, const char *text,
                         enum sq_frame_place *place);

/* From the sensor's size to the network's. SQ_ESHAPE: what to do. */
int sq_frame_grid_fit(struct sq_error *err, const char *path,
                      const struct sq_frame_request *request, const struct sq_event_facts *facts,
                      uint32_t width, uint32_t height, struct sq_frame_grid *grid);

/* Events binned, over all recordings. */
struct sq_frame_counts {
    uint64_t n_recordings, n_events; /* read */
    uint64_t n_counted;              /* in frames: once for each frame */
    uint64_t n_cropped;              /* outside the network's frame */
    uint64_t n_backwards, n_damaged; /* events, recordings; tolerated */
    uint64_t drop[SQ_DROP_KINDS];
};

/* Read a recording and bin it.
 *   timesteps, height, width   of the network
 *   pixels   [timesteps][2][height][width], all written
 *   counts   added to
 * SQ_ESHAPE: another number of frames; as sq_camera_open(), sq_frame_splits_find(). */
int sq_recording_frames(struct sq_error *err, const char *path,
                        const struct sq_frame_request *request, uint32_t timesteps, uint32_t height,
                        uint32_t width, float *pixels, struct sq_frame_counts *counts);

/* Add other counts. */
void sq_frame_counts_sum(struct sq_frame_counts *counts, const struct sq_frame_counts *other);

/* Add the counts of one recording. */
void sq_frame_counts_add(struct sq_frame_counts *counts, const struct sq_event_facts *facts);

#endif
