/* Binning rules: which events make a frame. Each is the rule of a tool that networks are trained
 * with, equal to it to the integer (docs/events.md):
 *
 *   number:T  time:T  duration:US[:new|:old]                                   SpikingJelly
 *   timesteps                                     of address events: the frames that were recorded
 *   tonic-time-bins:N  tonic-event-bins:N
 *   tonic-count:N[:OVERLAP][:incomplete]  tonic-window:US[:OVERLAP][:incomplete]      tonic
 */
#ifndef SQ_FRAME_RULE_H
#define SQ_FRAME_RULE_H

#include "sim/events/reader/event_profile.h"

enum sq_frame_kind {
    SQ_FRAMES_NUMBER,
    SQ_FRAMES_TIME,
    SQ_FRAMES_DURATION_NEW,
    SQ_FRAMES_DURATION_OLD,
    SQ_FRAMES_TIMESTEPS,
    SQ_FRAMES_TONIC_TIME_BINS,
    SQ_FRAMES_TONIC_EVENT_BINS,
    SQ_FRAMES_TONIC_COUNT,
    SQ_FRAMES_TONIC_WINDOW,
};

enum { SQ_FRAME_RULE_TEXT = 80 };

struct sq_frame_rule {
    enum sq_frame_kind kind;
    int64_t size;    /* frames, events or us; > 0 */
    int64_t overlap; /* events or us; < size */
    bool incomplete;
    char text[SQ_FRAME_RULE_TEXT]; /* with defaults filled in: "duration:50000:new" */
};

/* SQ_EUSAGE: no such rule. */
int sq_frame_rule_parse(struct sq_error *err, const char *text, struct sq_frame_rule *rule);

/* Does the rule count in 16 bits, as tonic does? */
bool sq_frame_rule_is_tonic(const struct sq_frame_rule *rule);

/* Frame k holds the events left[k] .. right[k] - 1 of the file. */
struct sq_frame_splits {
    uint64_t n;
    uint64_t *left, *right;
};

/* Find them, with one more pass over the recording where the rule needs times.
 *   reader    a file, from the beginning; its position afterwards is not defined
 *   profile   of all its events
 *   out       freed by sq_frame_splits_free()
 * SQ_EVALUE: the rule's own tool raises an error here; SQ_ESHAPE: too many frames; SQ_ENOMEM, and
 * as sq_camera_next(). */
int sq_frame_splits_find(struct sq_error *err, const char *path, struct sq_camera *reader,
                         const struct sq_event_profile *profile, const struct sq_frame_rule *rule,
                         struct sq_frame_splits *out);
void sq_frame_splits_free(struct sq_frame_splits *splits);

#endif
