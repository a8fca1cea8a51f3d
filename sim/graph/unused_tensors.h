/* Tensors that an architecture's official module holds and never uses, by name and shape, so that a
 * checkpoint can be made that this module loads whole. */
#ifndef SQ_UNUSED_TENSORS_H
#define SQ_UNUSED_TENSORS_H

#include "sim/graph/architecture.h"

/* One of them; a status other than SQ_OK ends the list. */
typedef int sq_unused_tensor(struct sq_error *err, void *data, const char *name,
                             const uint64_t *dim, uint32_t n_dims);

/* Call visit() for each that "unused_tensors" makes for a complete configuration:
 * {"NAME": [size, ...]}, sizes are expressions; a NAME with {i} once for each i below depth.
 * SQ_EFORMAT: no such object; SQ_EVALUE: a size is none, or has no value; what visit() returns. */
int sq_unused_tensors(struct sq_error *err, const struct sq_architecture *architecture,
                      const struct sq_config *config, sq_unused_tensor *visit, void *data);

#endif
