/* By what a report, and a trace, know the input of a run again. */
#ifndef SQ_INPUT_IDENTITY_H
#define SQ_INPUT_IDENTITY_H

#include "sim/input/input.h"
#include "sim/report/report.h"

/* The digest of the input's content, which reads every byte of it, or of its names, into the report.
 *   asked   "content", "names"; NULL: content
 * SQ_EUSAGE: another word; SQ_EIO. */
int sq_report_identify_input(struct sq_error *err, const char *asked, const struct sq_input *input,
                             struct spikeq_report *report);

#endif
