/* State of a replay, in the order in which it is set up. */
#ifndef SQ_SESSION_H
#define SQ_SESSION_H

#include "sim/record/recorder.h"
#include "sim/replay/change.h"
#include "sim/replay/cut.h"
#include "sim/replay/playback.h"
#include "sim/replay/replay_choices.h"
#include "sim/replay/verify.h"
#include "sim/report/frames_request.h"
#include "sim/report/report.h"

struct sq_replay {
    struct sq_error *err;
    const char *config_dirs;
    const struct sq_replay_choices *options;
    struct sq_warnings warnings; /* of the trace, of loading the model and of this replay */
    struct sq_arena arena;
    struct sq_trace *trace;
    struct sq_network *network;
    int is_same_file;  /* the checkpoint has the recorded digest */
    int is_same_model; /* and the recorded network of it */
    struct sq_range samples;
    unsigned threads, batch;
    unsigned couple; /* samples of a batch through which coupled neurons run on; 0 or 1: alone */
    uint64_t *sample_of_lane;                  /* [batch] */
    unsigned char *recorded, *kept, *silenced; /* [n_nodes] */
    int32_t *population_of;                    /* [n_nodes] */
    struct sq_cut cut;
    struct sq_change change;
    struct sq_input *input;                /* pixels; or NULL */
    struct sq_frames_choices frames;       /* how recordings are binned; no rule: not recordings */
    struct sq_frame_request frame_request; /* of the frames; used by the input */
    int carries_input; /* the recorded events of the input go into the new trace, though
                        * nothing computes with them */
    struct sq_playback playback;
    struct sq_verify verify;
    struct sq_recorder *recorder;         /* or NULL */
    struct spikeq_report *before, *after; /* as recorded, as replayed; same samples */
    uint64_t n_samples, n_changed;        /* predictions */
    uint64_t n_logits;                    /* samples whose logits differ in some bit */
    uint64_t first_changed;               /* sample */
    int has_operations;                   /* the trace has them for every sample */
};

/* Open trace and model, plan the cut and the changes, allocate. */
int sq_replay_open(struct sq_replay *replay);

/* Its part: the input that --from input computes from, which must be the recorded one. Recordings
 * are binned as they were for the trace, but for what the options say. */
int sq_replay_open_input(struct sq_replay *replay);

/* Run it. SQ_EINTERRUPTED: the counts cover the finished samples. */
int sq_replay_run(struct sq_replay *replay);

/* Accepts a partly opened session. */
void sq_replay_close(struct sq_replay *replay);

/* The result, as text for people or as JSON; *text is the caller's. */
int sq_replay_tell(struct sq_replay *replay, int as_json, char **text);

/* Does everything compared equal the trace? */
int sq_replay_is_equal(const struct sq_replay *replay);

#endif
