/* The reports of all ranks as one: at rank 0, what a single run would have reported. */
#ifndef SQ_REPORT_GATHER_H
#define SQ_REPORT_GATHER_H

#include "sim/cluster/cluster.h"
#include "sim/report/report.h"

/* Rank 0's report becomes that of all samples that any rank counted, each in its own report; those of other ranks
 * have no meaning any more. Counters are added as 64-bit integers; sq_report_finish() is called afterwards.
 * Collective. SQ_ENOMEM, SQ_EVALUE (a counter exceeds 64 bits, or a warning of another rank is an error), SQ_EIO. */
int sq_report_gather(struct sq_error *err, struct sq_cluster *cluster,
                     struct spikeq_report *report);

#endif
