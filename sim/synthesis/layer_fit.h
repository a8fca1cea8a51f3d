/* Fit: running statistics of a synthetic layer, as its currents have them. */
#ifndef SQ_LAYER_FIT_H
#define SQ_LAYER_FIT_H

#include "sim/synthesis/synthesis.h"

/* Measure the currents of a node with a knob, and make them of mean 0 and variance 1 for each output. */
int sq_fit_layer(struct sq_error *err, struct sq_synthesis *synthesis, size_t node);

/* Measure the firing rates by which a product of DSSA is scaled; none is taken below one spike. */
int sq_fit_product(struct sq_error *err, struct sq_synthesis *synthesis, size_t node);

/* Take the node's weights as they are now. */
int sq_fit_reload(struct sq_error *err, struct sq_synthesis *synthesis, size_t node);

#endif
