/* What names and shapes of a state dict tell: layout, sizes, which entries are unused. */
#ifndef SQ_RECOGNISE_H
#define SQ_RECOGNISE_H

#include "sim/checkpoint/checkpoint.h"
#include "sim/network/config.h"

/* The tensor that every Spikformer begins with: where it lies, a network is looked for. */
extern const char sq_first_tensor[];

/* Fill layout, depth, dim, mlp_hidden, in_channels and classes of *sizes (all other members 0)
 * from the weights under prefix `root`. SQ_EUNSUPPORTED if there is no Spikformer: says which
 * tensor is missed. */
int sq_recognise(struct sq_error *err, const struct sq_checkpoint *checkpoint, const char *path,
                 const char *root, struct sq_config *sizes);

/* Take from `weights` what `config` leaves open; SQ_ESHAPE where both speak and disagree, naming
 * the key, the tensor that says otherwise and both values. */
int sq_config_complete(struct sq_error *err, const char *path, const char *root,
                       const struct sq_config *weights, struct sq_config *config);

/* Where layers lie in the state dict of a layout: "q_linear" or "q_conv". */
const char *sq_layer_suffix(enum sq_layout layout);

#endif
