#include "sim/analysis/measures/bootstrap.h"

#include "kernels/base/random.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { N_THREADS = 2, LOW = SQ_RESAMPLES / 40, HIGH = SQ_RESAMPLES - 1 - LOW };

struct share {
    const double *value;
    size_t n, n_columns;
    double *mean; /* [SQ_RESAMPLES][n_columns] */
    size_t first; /* takes resamples first, first + N_THREADS ... */
};

static void resample(const struct share *share, size_t r)
{
    uint64_t seed = SQ_BOOTSTRAP_SEED + r, state = sq_splitmix64(&seed);
    double *mean = share->mean + r * share->n_columns;
    memset(mean, 0, share->n_columns * sizeof *mean);
    for (size_t i = 0; i < share->n; i++) {
        const size_t row = (size_t)((unsigned __int128)sq_splitmix64(&state) * share->n >> 64);
        const double *value = share->value + row * share->n_columns;
        for (size_t c = 0; c < share->n_columns; c++)
            mean[c] += value[c];
    }
    for (size_t c = 0; c < share->n_columns; c++)
        mean[c] /= (double)share->n;
}

static void *resample_share(void *data)
{
    const struct share *share = data;
    for (size_t r = share->first; r < SQ_RESAMPLES; r += N_THREADS)
        resample(share, r);
    return NULL;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void take_interval(const double *mean, size_t n_columns, size_t column, double *sorted,
                          double interval[2])
{
    for (size_t r = 0; r < SQ_RESAMPLES; r++)
        sorted[r] = mean[r * n_columns + column];
    qsort(sorted, SQ_RESAMPLES, sizeof *sorted, ascending);
    interval[0] = sorted[LOW];
    interval[1] = sorted[HIGH];
}

int sq_bootstrap(struct sq_error *err, const double *value, size_t n, size_t n_columns,
                 double *interval)
{
    double *mean = calloc(SQ_RESAMPLES * (n_columns + 1), sizeof *mean);
    if (mean == NULL)
        return sq_fail(err, SQ_ENOMEM, "out of memory for %d resamples", SQ_RESAMPLES);
    struct share share[N_THREADS];
    pthread_t thread;
    for (size_t i = 0; i < N_THREADS; i++)
        share[i] = (struct share){value, n, n_columns, mean, i};
    const int helped = pthread_create(&thread, NULL, resample_share, &share[1]) == 0;
    resample_share(&share[0]);
    if (helped)
        pthread_join(thread, NULL);
    else
        resample_share(&share[1]);
    for (size_t c = 0; c < n_columns; c++)
        take_interval(mean, n_columns, c, mean + SQ_RESAMPLES * n_columns, interval + 2 * c);
    free(mean);
    return SQ_OK;
}
