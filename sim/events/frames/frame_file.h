/* Frames of a recording: made by a rule, counted, and written as .npy, int32 [T,2,H,W]. */
#ifndef SQ_FRAME_FILE_H
#define SQ_FRAME_FILE_H

#include "sim/events/frames/frame_maker.h"

#include <stdint.h>

/* What was made. */
struct sq_frame_summary {
    struct sq_frame_rule rule;
    struct sq_frame_grid grid;
    struct sq_frame_splits splits;
    int64_t (*per_frame)[2]; /* [splits.n]: sums of OFF and ON */
    int64_t sum;
    int32_t max;
};

/* Make the frames of a recording and write them.
 *   reader    a file, read once already; its position afterwards is not defined
 *   profile   of all its events
 *   rule, bin how
 *   path      where to, or NULL; force: replace what is there, once the new file is whole
 *   out       freed by sq_frame_summary_free(), on failure too
 * As sq_frame_splits_find(), sq_frames_make(), sq_output_begin(). */
int sq_frame_file_make(struct sq_error *err, const char *recording, struct sq_camera *reader,
                       const struct sq_event_profile *profile, const char *rule, uint32_t bin,
                       const char *path, int force, struct sq_frame_summary *out);
void sq_frame_summary_free(struct sq_frame_summary *summary);

#endif
