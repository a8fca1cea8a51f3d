#include "sim/cli/progress.h"

#include <stdio.h>
#include <unistd.h>

static double seconds_between(const struct timespec *from, const struct timespec *to)
{
    return (double)(to->tv_sec - from->tv_sec) + (double)(to->tv_nsec - from->tv_nsec) * 1e-9;
}

/* Seconds between two lines on a terminal, and in the log of a job. */
static const double terminal_s = 0.2, log_s = 10;

int cli_progress_start(struct cli_progress *progress, int wanted, int is_of_job)
{
    *progress = (struct cli_progress){.in_lines = is_of_job && !isatty(STDERR_FILENO)};
    clock_gettime(CLOCK_MONOTONIC, &progress->start);
    progress->last = progress->start;
    return wanted && (progress->in_lines || isatty(STDERR_FILENO));
}

void cli_progress_show(void *data, uint64_t n_done, uint64_t n_total)
{
    struct cli_progress *progress = data;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    const double wait = progress->in_lines && progress->shown ? log_s : terminal_s;
    if (seconds_between(&progress->last, &now) < wait)
        return;
    progress->last = now;
    progress->shown = 1;
    const double rate = (double)n_done / seconds_between(&progress->start, &now);
    fprintf(stderr, "%s%llu/%llu samples  %.0f/s  %.0f s to go%s",
            progress->in_lines ? "" : "\r\033[K", (unsigned long long)n_done,
            (unsigned long long)n_total, rate, (double)(n_total - n_done) / rate,
            progress->in_lines ? "\n" : "");
}

void cli_progress_end(struct cli_progress *progress)
{
    if (progress->shown && !progress->in_lines)
        fprintf(stderr, "\r\033[K");
}
