/* What the benchmarks share: a clock, and the median of what it told. */
#ifndef SQ_BENCH_MEASURE_H
#define SQ_BENCH_MEASURE_H

#include <stdlib.h>
#include <time.h>

static inline double clock_seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static inline int by_value(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

/* Of n values, at least one; sorts them. */
static inline double median(double *value, size_t n)
{
    qsort(value, n, sizeof *value, by_value);
    return value[n / 2];
}

#endif
