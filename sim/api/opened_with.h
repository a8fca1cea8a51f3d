/* With which options a network was opened: they are for spikeq_network_open(), and would change nothing in a run. */
#ifndef SQ_OPENED_WITH_H
#define SQ_OPENED_WITH_H

#include "sim/api/calls.h"
#include "sim/network/network.h"

/* Keep them in the network. SQ_ENOMEM. */
int sq_opened_with_keep(struct sq_error *err, const struct sq_network_choices *choices,
                        struct sq_network *network);

/* SQ_EUSAGE: a choice that is set is none of those that were kept. `input` is a run's own. */
int sq_opened_with_check(struct sq_error *err, const struct sq_network_choices *choices,
                         const struct sq_network *network);

#endif
