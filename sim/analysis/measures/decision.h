/* Decision: what the classifier decides after 1 .. T timesteps. The weights of the head are
 * not in a trace: a model is needed. The last residual stream comes from the recorded spikes. */
#ifndef SQ_DECISION_H
#define SQ_DECISION_H

#include "sim/analysis/scope/measure.h"
#include "sim/json/json.h"

struct sq_decision {
    const struct sq_network *network; /* with the weights of its head */
    const struct sq_subject *streams; /* the classifier reads the last of them; NULL: it reads */
    const struct sq_subject *neurons; /* these */
    struct sq_arena arena;
    int32_t *class; /* [n_samples][T] largest logit after t + 1 timesteps */
    double *margin; /* [n_samples][T] softmax: largest probability less the second */
};

/* Is the model the one of the trace: same sizes, same recorded digest? Then allocate. SQ_ESHAPE
 * (not this trace's model), SQ_EUNSUPPORTED (the populations that the classifier reads, or that
 * the last residual stream is made of, are not all there), SQ_ENOMEM; sq_decision_free() in every case. */
int sq_decision_plan(struct sq_error *err, const struct sq_scope *scope,
                     const struct sq_network *network, struct sq_decision *decision);
void sq_decision_free(struct sq_decision *decision);

size_t sq_decision_scratch_bytes(const struct sq_decision *decision);

/* Fill in sample number `sample` of the scope. Any thread, distinct samples. */
void sq_decision_add(struct sq_decision *decision, const struct sq_scope *scope,
                     const struct sq_frame_view *view, uint64_t sample, void *scratch);

/* "after_timestep": accuracy, agreement, margin; "early_exit": the sweep of thresholds.
 *   spikes      [n_samples][T] of all populations
 *   operations  [n_samples][T] additions, or NULL: not recorded */
void sq_decision_write(cJSON *to, const struct sq_decision *decision, const struct sq_scope *scope,
                       const uint64_t *spikes, const uint64_t *operations);

#endif
