/* A run as a source of prices. */
#ifndef SQ_RUN_SOURCE_H
#define SQ_RUN_SOURCE_H

#include "sim/account/price/pricing.h"
#include "sim/report/report.h"

/* What a run counted, live or read from its trace, for sq_bill_make(): as spikeq energy prices its
 * report. The counters stay the record's, and are valid until a sample is added to it; samples are
 * left out. */
struct sq_source sq_run_source(const struct sq_network *network, struct sq_record *record);

#endif
