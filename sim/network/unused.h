/* Tensors of a file that the network does not use, each with its reason. */
#ifndef SQ_UNUSED_H
#define SQ_UNUSED_H

#include "sim/graph/architecture.h"
#include "sim/network/network.h"

/* Why a tensor plays no part in the forward pass, or NULL if it does (or is not known). `name` is
 * without the root prefix. */
const char *sq_why_unused(const struct sq_architecture *architecture, const char *name);

/* List every tensor with used[i] == 0 in network->unused. Nothing of the network may be left over
 * unexplained, or it would not be the user's network: SQ_EUNSUPPORTED names such a tensor. */
int sq_unused_note(struct sq_error *err, const struct sq_checkpoint *checkpoint,
                   const struct sq_architecture *architecture, const unsigned char *used,
                   struct sq_network *network);

#endif
