/* What spikeq_quantise() found, and how it is shown. */
#ifndef SQ_QUANTISE_H
#define SQ_QUANTISE_H

#include "sim/quantise/trial.h"

enum { SQ_MAX_SWEEP = 13 }; /* 4 .. 16 bits */

struct sq_quantise {
    const char *config_dirs;
    const char *out; /* where the model was written, or NULL */
    struct sq_trial f32, fixed[SQ_MAX_SWEEP];
    size_t n_fixed;
    uint64_t n_samples;                 /* compared; 0: no calibration data */
    double energy_uj[1 + SQ_MAX_SWEEP]; /* per sample: float32, then fixed[i] */
    const char *input_path;
};

enum sq_quantise_format { SQ_QUANTISE_TABLE, SQ_QUANTISE_MARKDOWN, SQ_QUANTISE_JSON };

/* The sweep, and of a single width its layers. SQ_ENOMEM. */
int sq_quantise_tell(struct sq_error *err, const struct sq_quantise *found,
                     enum sq_quantise_format format, char **text);

/* Neuron-timesteps that differ from float32, and all of them: of a population, or (node NULL) all.
 * */
struct sq_mismatch {
    uint64_t different, all;
};
struct sq_mismatch sq_trial_mismatch(const struct sq_trial *trial, const struct sq_node *node);

#endif
