#include "sim/cli/steps.h"

#include <inttypes.h>
#include <stdio.h>

void cli_step_text(void *data, const struct spikeq_step *step)
{
    ++*(unsigned long *)data;
    printf("sample %" PRIu64 "  timestep %" PRIu32 "  class %" PRIu32 "  spikes %" PRIu64
           "  events %" PRIu64 "  latency %.3f ms  logits",
           step->sample, step->timestep, step->prediction, step->spikes, step->events,
           step->latency_seconds * 1e3);
    for (size_t i = 0; i < step->n_classes; i++)
        printf(" %.9g", (double)step->logits[i]);
    putchar('\n');
    fflush(stdout);
}

void cli_step_json(void *data, const struct spikeq_step *step)
{
    ++*(unsigned long *)data;
    printf("{\"sample\": %" PRIu64 ", \"timestep\": %" PRIu32 ", \"class\": %" PRIu32
           ", \"spikes\": %" PRIu64 ", \"events\": %" PRIu64
           ", \"latency_seconds\": %.9f, \"logits\": [",
           step->sample, step->timestep, step->prediction, step->spikes, step->events,
           step->latency_seconds);
    for (size_t i = 0; i < step->n_classes; i++)
        printf("%s%.9g", i > 0 ? ", " : "", (double)step->logits[i]);
    puts("]}");
    fflush(stdout);
}
