/* With which options a network was opened: they are for spikeq_network_open(), and would change nothing in a run. */
#ifndef SQ_OPENED_WITH_H
#define SQ_OPENED_WITH_H

#include "sim/api/options.h"

/* Keep one of them in the network; value NULL: it is not set. SQ_ENOMEM. */
int sq_opened_with(struct sq_error *err, struct sq_network *network, const char *name,
                   const char *value);

/* Keep those of `options`. SQ_ENOMEM. */
int sq_opened_with_keep(struct sq_error *err, const spikeq_options *options,
                        struct sq_network *network);

/* SQ_EUSAGE: `options` set one of them otherwise, or one that the network was opened without. */
int sq_opened_with_check(struct sq_error *err, const spikeq_options *options,
                         const struct sq_network *network);

#endif
