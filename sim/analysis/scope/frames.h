/* Frames: the samples of a trace, decoded one at a time for the measures. One per thread. */
#ifndef SQ_FRAMES_H
#define SQ_FRAMES_H

#include "sim/analysis/scope/measure.h"

struct sq_frames {
    const struct sq_scope *scope;
    struct sq_arena arena;
    struct sq_trace *trace; /* its own handle */
    uint64_t **bits;        /* [n_populations of the trace * T], NULL: population not chosen */
    uint64_t *spikes;       /* the same size */
    unsigned char *encoded; /* scratch */
};

/* Open the scope's trace again and take memory for one sample. SQ_EIO, SQ_EFORMAT, SQ_ENOMEM; the
 * caller closes it in every case. */
int sq_frames_open(struct sq_error *err, const struct sq_scope *scope, struct sq_frames *frames);
void sq_frames_close(struct sq_frames *frames);

/* Read and decode a sample of the scope into *view (but for view->each). SQ_EFORMAT names sample,
 * timestep and population. */
int sq_frames_read(struct sq_error *err, struct sq_frames *frames,
                   const struct sq_scope_sample *sample, struct sq_frame_view *view);

#endif
