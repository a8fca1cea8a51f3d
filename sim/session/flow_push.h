/* From a caller's arrays to the slots of a flow. */
#ifndef SQ_FLOW_PUSH_H
#define SQ_FLOW_PUSH_H

#include "sim/session/flow.h"

/* Check the samples, and fill as many slots as are free; nothing is announced yet.
 *   n_taken   how many were filled
 * What spikeq_session_push() refuses; then no slot counts. */
int sq_flow_fill(struct sq_error *err, struct sq_flow *flow, const struct spikeq_samples *samples,
                 uint64_t *n_taken);

#endif
