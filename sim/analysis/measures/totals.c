/* Totals: spikes per timestep, sample and class; all that a trace of counts allows. */
#include "sim/analysis/measures/measures.h"
#include "sim/analysis/scope/figure_json.h"
#include "sim/analysis/scope/measure.h"

/* Counters: moments of each timestep, of the sample, of each class, then the classes' samples. */
static size_t n_counts(const struct sq_scope *scope, const struct sq_subject *subject)
{
    (void)subject;
    return SQ_MOMENTS * ((size_t)scope->timesteps + 1 + scope->n_labels) + scope->n_labels;
}

static void add(uint64_t *count, const struct sq_scope *scope, const struct sq_subject *subject,
                const struct sq_frame_view *view, void *scratch)
{
    (void)scratch;
    const uint64_t *spikes = view->spikes + (size_t)subject->source[0] * scope->timesteps;
    uint64_t sum = 0;
    for (uint32_t t = 0; t < scope->timesteps; t++, count += SQ_MOMENTS) {
        sq_moments_add(count, spikes[t]);
        sum += spikes[t];
    }
    sq_moments_add(count, sum);
    view->each[SQ_EACH_SPIKES] = sum;
    count += SQ_MOMENTS;
    if (view->sample->label < 0)
        return;
    sq_moments_add(count + SQ_MOMENTS * view->sample->label_index, sum);
    count[SQ_MOMENTS * scope->n_labels + view->sample->label_index]++;
}

static void write(cJSON *to, const uint64_t *count, const struct sq_scope *scope,
                  const struct sq_subject *subject)
{
    const double neurons = (double)sq_subject_neurons(subject);
    const uint64_t *sample = count + SQ_MOMENTS * scope->timesteps;
    const uint64_t *label = sample + SQ_MOMENTS, *n = label + SQ_MOMENTS * scope->n_labels;
    const double per_sample = neurons * scope->timesteps;
    sq_put_count(to, "spikes", sample[0]);
    sq_put_counts(to, "spikes_per_timestep", count, scope->timesteps, SQ_MOMENTS);
    sq_put_moments(to, "rate", sample, scope->n_samples, per_sample);
    sq_put_moment_arrays(to, "rate_per_timestep", count, scope->timesteps, &scope->n_samples, 0,
                         neurons);
    if (scope->n_labels == 0)
        return;
    cJSON *rates =
        sq_put_moment_arrays(to, "rate_per_label", label, scope->n_labels, n, 1, per_sample);
    sq_put_counts(rates, "label", (const uint64_t *)scope->label, scope->n_labels, 1);
    sq_put_counts(rates, "samples", n, scope->n_labels, 1);
}

const struct sq_measure sq_measure_totals = {
    SQ_SUBJECT_POPULATION, 0, n_counts, sq_no_scratch, add, write,
};
