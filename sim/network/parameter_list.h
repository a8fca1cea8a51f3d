/* Moving averages that are kept as a list of tensors without names. */
#ifndef SQ_PARAMETER_LIST_H
#define SQ_PARAMETER_LIST_H

#include "sim/network/networks.h"

/* Append every list (PREFIX.0, PREFIX.1, ...) whose prefix says that it is an average and whose
 * tensors have, one by one, the shapes of the parameters of a network that is there already, in the
 * order of the file, which is that of model.parameters(). */
void sq_networks_add_lists(const struct sq_checkpoint *checkpoint, struct sq_networks *networks);

#endif
