/* What each of two traces that are compared cost. */
#ifndef SQ_DIFF_ENERGY_H
#define SQ_DIFF_ENERGY_H

#include "sim/account/price/hardware.h"
#include "traces/format/select.h"
#include "traces/read/trace_reader.h"

/* Energy per sample of the whole network, over the samples of a range, as `spikeq energy
 * --convention exact` has it; -1 where the trace holds no operations, or no sample of the range.
 * What sq_rebuild_network(), sq_report_add_trace() and sq_bill_make() refuse. */
int sq_diff_energy(struct sq_error *err, struct sq_trace *trace, const struct sq_range *samples,
                   const struct sq_hardware *hardware, double *energy_mj);

#endif
