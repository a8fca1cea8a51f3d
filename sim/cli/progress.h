/* Progress of a run: samples, rate, time to go. On a terminal, one line that changes; of a job of several processes, whose
 * launcher takes what they say through a pipe, a line now and then; else nothing in a pipe. */
#ifndef SQ_PROGRESS_H
#define SQ_PROGRESS_H

#include <stdint.h>
#include <time.h>

struct cli_progress {
    int shown, in_lines;
    struct timespec start, last;
};

/* Start; shows nothing later unless `wanted`, and stderr is a terminal or the process is one of a job. Returns
 * whether it will. */
int cli_progress_start(struct cli_progress *progress, int wanted, int is_of_job);

/* For spikeq_options_on_progress(); `data` is the struct. At most five times a second on a terminal, every ten seconds
 * in lines. */
void cli_progress_show(void *data, uint64_t n_done, uint64_t n_total);

/* Erase the line. */
void cli_progress_end(struct cli_progress *progress);

#endif
