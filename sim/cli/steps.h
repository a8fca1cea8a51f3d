/* Streams on the terminal: a line after each timestep, flushed at once. */
#ifndef SQ_CLI_STEPS_H
#define SQ_CLI_STEPS_H

#include "sim/spikeq.h"

/* data is an unsigned long, the number of lines, which grows.
 * "sample 0  timestep 2  class 5  spikes 1234  events 567  latency 1.234 ms  logits 0.1 ..." */
void cli_step_text(void *data, const struct spikeq_step *step);

/* The same as one line of JSON. */
void cli_step_json(void *data, const struct spikeq_step *step);

#endif
