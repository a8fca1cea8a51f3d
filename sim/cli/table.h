/* The report as tables for people. */
#ifndef SQ_TABLE_H
#define SQ_TABLE_H

#include "sim/spikeq.h"

/* Print accuracy, firing rates and synaptic operations to stdout; an exit status. */
int cli_print_tables(const spikeq_report *report);

#endif
