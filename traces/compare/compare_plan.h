/* Can two traces be compared: the same timesteps, the same populations of the same shape? */
#ifndef SQ_COMPARE_PLAN_H
#define SQ_COMPARE_PLAN_H

#include "traces/compare/compare.h"

/* Pair the populations that the options choose.
 *   pair   [n_populations of a][2]: numbers of a population in a and in b; *n of them are written
 *   why   the first difference that forbids to compare, or ""
 * SQ_EUSAGE: the pattern names none, in neither. */
int sq_compare_plans(struct sq_error *err, const struct sq_trace *a, const struct sq_trace *b,
                     const struct sq_compare_options *options, uint32_t (*pair)[2], size_t *n,
                     char why[SQ_PLAN_TEXT]);

#endif
