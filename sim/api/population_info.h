/* A population as its users see it. */
#ifndef SQ_POPULATION_INFO_H
#define SQ_POPULATION_INFO_H

#include "sim/api/context.h"

/* SQ_EUSAGE: *info has no size. */
int sq_population_info(struct sq_error *err, const struct sq_node *node,
                       struct spikeq_population_info *info);

#endif
