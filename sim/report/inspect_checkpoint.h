/* What inspect shows of a checkpoint. */
#ifndef SQ_INSPECT_CHECKPOINT_H
#define SQ_INSPECT_CHECKPOINT_H

#include "sim/checkpoint/checkpoint.h"

struct sq_inspect_request {
    const char *path, *config_dirs;
    const char *weights; /* which network, or NULL */
    int as_json, as_config;
};

/* Tensors, networks, and the verdict of spikeq run: the weights are loaded as a run would. Or a
 * configuration to be filled in. *text is freed by the caller. SQ_EUSAGE (no network is called so),
 * SQ_ENOMEM, SQ_EIO; of as_config also what a run refuses. */
int sq_inspect_checkpoint(struct sq_error *err, const struct sq_inspect_request *request,
                          struct sq_checkpoint *file, char **text);

#endif
