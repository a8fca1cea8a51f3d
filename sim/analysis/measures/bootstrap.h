/* Bootstrap: percentile intervals of means of paired differences (Efron 1979), from a seed. */
#ifndef SQ_BOOTSTRAP_H
#define SQ_BOOTSTRAP_H

#include "kernels/base/status.h"

#include <stddef.h>
#include <stdint.h>

enum { SQ_RESAMPLES = 10000, SQ_BOOTSTRAP_SEED = 1 };

/* 95 % intervals of the mean of each column.
 *   value      [n][n_columns]
 *   interval   [n_columns][2]: resampled means number 250 and 9749 in ascending order, from 0
 * Resample r draws n rows with replacement: splitmix64 (Steele, Lea, Flood, OOPSLA 2014) whose
 * state begins with the first number of a splitmix64 of state SEED + r; a number x becomes row
 * (x * n) >> 64. Sums run in the order of drawing. SQ_ENOMEM. */
int sq_bootstrap(struct sq_error *err, const double *value, size_t n, size_t n_columns,
                 double *interval);

#endif
