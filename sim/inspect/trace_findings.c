#include "sim/inspect/trace_findings.h"

#include "traces/format/schema.h"

uint64_t sq_trace_spikes(const struct sq_trace_findings *found, size_t p, int64_t t, double *rate)
{
    const uint32_t timesteps = found->plan->timesteps;
    const uint64_t *spikes = found->spikes + p * timesteps;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < timesteps; i++)
        sum += t < 0 || t == i ? spikes[i] : 0;
    const double whole = (double)sq_trace_neurons(&found->plan->population[p]) *
                         (double)(t < 0 ? timesteps : 1) * (double)found->n_samples;
    *rate = whole > 0 ? (double)sum / whole : 0;
    return sum;
}
