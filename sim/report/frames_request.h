/* How recordings are binned: the public options for readers, and as a trace notes them
 * (docs/trace-format.md, meta key input_frames). */
#ifndef SQ_FRAMES_REQUEST_H
#define SQ_FRAMES_REQUEST_H

#include "kernels/base/arena.h"
#include "sim/events/frames/recording_frames.h"
#include "sim/report/run_choices.h"

/* The options' texts become the request's. Without a rule *request is unchanged: the input is
 * no recordings. SQ_EUSAGE: an unknown place, options without a rule. */
int sq_frames_request_of(struct sq_error *err, const struct sq_frames_choices *options,
                         struct sq_frame_request *request);

/* The options as one line of JSON, without what was not given; freed by the caller. SQ_EUSAGE: no
 * such rule; SQ_ENOMEM. */
int sq_frames_note(struct sq_error *err, const struct sq_frames_choices *options, char **text);

/* Read such a line back.
 *   origin    begins the complaint: "run.db: meta input_frames"
 *   options   written on success only; its texts lie in the arena
 * SQ_EFORMAT: not such a text; SQ_ENOMEM. Names are checked where they are used. */
int sq_frames_of_note(struct sq_error *err, const char *origin, const char *text,
                      struct sq_arena *arena, struct sq_frames_choices *options);

#endif
