/* What names and shapes of a state dict tell: layout, sizes, which entries are unused. */
#ifndef SQ_RECOGNISE_H
#define SQ_RECOGNISE_H

#include "sim/checkpoint/checkpoint.h"
#include "sim/config/config.h"

/* The tensor that every Spikformer begins with: where it lies, a network is looked for. */
extern const char sq_first_tensor[];

/* Fill layout, depth, dim, mlp_hidden, in_channels and classes of *sizes (all other members 0)
 * from the weights under prefix `root`. SQ_EUNSUPPORTED if there is no Spikformer: says which
 * tensor is missed. */
int sq_recognise(struct sq_error *err, const struct sq_checkpoint *checkpoint, const char *path,
                 const char *root, struct sq_config *sizes);

/* What can be done with a network that is no Spikformer; the end of an error sentence. */
#define SQ_OTHER_NETWORKS                                                                        \
    "of another network, record the spikes in its own framework and give them to spikeq import " \
    "(then analyze, energy), or a table of its layers to spikeq energy --table"

/* A tensor from which the weight `name` is computed when the network runs (weight_g, weight_orig,
 * parametrizations.weight.original0), or NULL; and the refusal that names it, SQ_EUNSUPPORTED. */
const struct sq_tensor *sq_weight_in_parts(const struct sq_checkpoint *checkpoint, const char *root,
                                           const char *name);
int sq_refuse_parts(struct sq_error *err, const char *path, const struct sq_tensor *part);

/* Take from `weights` what `config` leaves open; SQ_ESHAPE where both speak and disagree, naming
 * the key, the tensor that says otherwise and both values. */
int sq_config_complete(struct sq_error *err, const char *path, const char *root,
                       const struct sq_config *weights, struct sq_config *config);

/* Where layers lie in the state dict of a layout: "q_linear" or "q_conv". */
const char *sq_layer_suffix(enum sq_layout layout);

#endif
