/* The report's part about fixed point: widths and bit-level counts of every layer. */
#ifndef SQ_FIXED_JSON_H
#define SQ_FIXED_JSON_H

#include "sim/json/json.h"
#include "sim/report/report.h"

/* Append members "arith" and, in fixed point, "fixed" (docs/fixed-point.md). A report that was made
 * from a trace has the settings only: widths come from weights. */
void sq_report_add_arith(cJSON *root, const struct spikeq_report *report);

#endif
