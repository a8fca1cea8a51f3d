#include "sim/cli/progress.h"

#include <stdio.h>
#include <unistd.h>

static double seconds_between(const struct timespec *from, const struct timespec *to)
{
    return (double)(to->tv_sec - from->tv_sec) + (double)(to->tv_nsec - from->tv_nsec) * 1e-9;
}

int cli_progress_start(struct cli_progress *progress, int wanted)
{
    *progress = (struct cli_progress){.shown = 0};
    clock_gettime(CLOCK_MONOTONIC, &progress->start);
    progress->last = progress->start;
    return wanted && isatty(STDERR_FILENO);
}

void cli_progress_show(void *data, uint64_t n_done, uint64_t n_total)
{
    struct cli_progress *progress = data;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (seconds_between(&progress->last, &now) < 0.2)
        return;
    progress->last = now;
    progress->shown = 1;
    const double rate = (double)n_done / seconds_between(&progress->start, &now);
    fprintf(stderr, "\r\033[K%llu/%llu samples  %.0f/s  %.0f s to go", (unsigned long long)n_done,
            (unsigned long long)n_total, rate, (double)(n_total - n_done) / rate);
}

void cli_progress_end(struct cli_progress *progress)
{
    if (progress->shown)
        fprintf(stderr, "\r\033[K");
}
