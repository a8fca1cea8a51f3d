/* Comparison of two analysed traces, paired sample by sample. */
#ifndef SQ_ANALYSIS_COMPARE_H
#define SQ_ANALYSIS_COMPARE_H

#include "sim/analysis/analysis.h"

/* Append the comparison of `other` (number `index` of the command) with `base` to the list. Samples
 * are pairs where both traces hold one of the same number. SQ_ENOMEM. */
int sq_analysis_compare(struct sq_error *err, const struct sq_analysis *base,
                        const struct sq_analysis *other, size_t index, cJSON *list);

#endif
