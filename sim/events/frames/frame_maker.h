/* Frames: counts of events, [2][H][W] each, channel 0 OFF, channel 1 ON. */
#ifndef SQ_FRAME_MAKER_H
#define SQ_FRAME_MAKER_H

#include "sim/events/frames/frame_rule.h"

/* From pixels of the sensor to pixels of the frame: (x / bin - left, y / bin - top); events that
 * fall outside are not counted in the frame. */
struct sq_frame_grid {
    uint32_t bin;           /* >= 1 */
    uint32_t left, top;     /* cropped, as two's complement: negative where padded */
    uint32_t width, height; /* of the frame */
};

/* The grid of a whole sensor: ceil(width / bin) x ceil(height / bin). */
struct sq_frame_grid sq_frame_grid_of(uint32_t width, uint32_t height, uint32_t bin);

/* Count an event; false: it falls outside. */
static inline bool sq_frame_count(int32_t *frame, const struct sq_frame_grid *grid,
                                  const struct sq_camera_event *event)
{
    const uint32_t x = event->x / grid->bin - grid->left, y = event->y / grid->bin - grid->top;
    if (x >= grid->width || y >= grid->height)
        return false;
    frame[((size_t)event->p * grid->height + y) * grid->width + x]++;
    return true;
}

/* Takes frame k, [2][H][W]; called in the order of k. */
typedef int sq_frame_sink(struct sq_error *err, void *data, uint64_t k, const int32_t *frame);

/* Make the frames of `splits`, one after the other; only those whose windows overlap are in memory
 * together.
 *   reader      a file, from the beginning
 *   is_16_bit   counts wrap around as tonic's do
 * *n_outside, unless NULL: events of the frames that fall outside the grid. SQ_ENOMEM, what the
 * sink returns, and as sq_camera_next(). */
int sq_frames_make(struct sq_error *err, const char *path, struct sq_camera *reader,
                   const struct sq_frame_splits *splits, const struct sq_frame_grid *grid,
                   bool is_16_bit, sq_frame_sink *sink, void *data, uint64_t *n_outside);

#endif
