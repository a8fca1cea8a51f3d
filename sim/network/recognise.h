/* What names and shapes of a state dict tell: the architecture and its sizes. */
#ifndef SQ_RECOGNISE_H
#define SQ_RECOGNISE_H

#include "sim/checkpoint/checkpoint.h"
#include "sim/config/config.h"
#include "sim/graph/architecture_list.h"

enum { SQ_RIVALS = 256 };

/* Every architecture is tried against the tensors under prefix `root`; the one whose "recognise" fits
 * in every tensor wins. Where several fit alike, as the weights do not tell them apart, `rivals` names
 * them, and the first is taken; else it is "". Fills *architecture, and of *sizes architecture, takes_frames and what
 * the weights tell (all other members 0). SQ_EUNSUPPORTED: none fits; says which comes nearest and the first
 * tensor that does not fit. */
int sq_recognise(struct sq_error *err, const struct sq_checkpoint *checkpoint, const char *path,
                 const char *root, const struct sq_architectures *known,
                 const struct sq_architecture **architecture, struct sq_config *sizes,
                 char rivals[SQ_RIVALS]);

/* What can be done with a network that spikeq does not know; the end of an error sentence. */
#define SQ_OTHER_NETWORKS                                                                        \
    "of another network, record the spikes in its own framework and give them to spikeq import " \
    "(then analyze, energy), or a table of its layers to spikeq energy " SQ_FLAG "table"

/* A tensor from which the weight `name` is computed when the network runs (weight_g, weight_orig,
 * parametrizations.weight.original0), or NULL; and the refusal that names it, SQ_EUNSUPPORTED. */
const struct sq_tensor *sq_weight_in_parts(const struct sq_checkpoint *checkpoint, const char *root,
                                           const char *name);
int sq_refuse_parts(struct sq_error *err, const char *path, const struct sq_tensor *part);

/* Does the configuration name the architecture, or none? */
bool sq_config_names(const struct sq_config *config, const struct sq_architecture *architecture);

/* Take from `weights`, of an architecture that the configuration names or leaves open, what `config` leaves open; SQ_ESHAPE where both speak and disagree, naming
 * the key, the tensor that says otherwise and both values. */
int sq_config_complete(struct sq_error *err, const char *path, const char *root,
                       const struct sq_architecture *architecture, const struct sq_config *weights,
                       struct sq_config *config);

/* The tensors by which an architecture is found in a file: calls visit(name, data) with the name of
 * each first one until it returns non-zero, and returns that. */
int sq_first_tensors(const struct sq_architectures *known,
                     int (*visit)(const char *name, void *data), void *data);

/* The first tensor that an architecture has and the file has not, or with other axes, as "no tensor "X"" or
 * "tensor "X" has 2 axes, not 3"; "": all fit. */
void sq_recognise_misfit(const struct sq_checkpoint *checkpoint, const char *root,
                         const struct sq_architecture *architecture, char *text, size_t size);

#endif
