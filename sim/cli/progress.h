/* Progress of a run on a terminal: samples, rate, time to go. Nothing in a pipe. */
#ifndef SQ_PROGRESS_H
#define SQ_PROGRESS_H

#include <stdint.h>
#include <time.h>

struct cli_progress {
    int shown;
    struct timespec start, last;
};

/* Start; shows nothing later unless `wanted` and stderr is a terminal. Returns whether it will. */
int cli_progress_start(struct cli_progress *progress, int wanted);

/* For spikeq_run_options.progress; `data` is the struct. At most five lines a second. */
void cli_progress_show(void *data, uint64_t n_done, uint64_t n_total);

/* Erase the line. */
void cli_progress_end(struct cli_progress *progress);

#endif
