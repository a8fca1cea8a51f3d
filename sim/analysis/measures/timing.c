/* Timing: what persists from one timestep to the next, and when neurons fire first. */
#include "sim/analysis/measures/measures.h"
#include "sim/analysis/scope/figure_json.h"
#include "sim/analysis/scope/measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Counters: [T] spikes, [T] spikes also present at t - 1, [T] neurons that fire first. */
static size_t n_counts(const struct sq_scope *scope, const struct sq_subject *subject)
{
    (void)subject;
    return 3 * (size_t)scope->timesteps;
}

static size_t frame_words(const struct sq_subject *subject)
{
    return (size_t)subject->n_rows * subject->n_words;
}

static size_t scratch_bytes(const struct sq_scope *scope, const struct sq_subject *subject)
{
    (void)scope;
    return frame_words(subject) * sizeof(uint64_t);
}

static void add(uint64_t *count, const struct sq_scope *scope, const struct sq_subject *subject,
                const struct sq_frame_view *view, void *scratch)
{
    const uint32_t timesteps = scope->timesteps;
    const uint64_t *spikes = view->spikes + (size_t)subject->source[0] * timesteps;
    const uint64_t *before = NULL;
    uint64_t *fired = scratch, deltas = 0;
    const size_t n_words = frame_words(subject);
    memset(fired, 0, scratch_bytes(scope, subject));
    for (uint32_t t = 0; t < timesteps; t++) {
        const uint64_t *now = sq_view_bits(view, scope, subject, 0, t);
        const uint64_t both =
            before != NULL ? scope->kernels.count_common(now, 1, before, 1, n_words) : 0;
        const uint64_t again = scope->kernels.count_common(now, 1, fired, 1, n_words);
        for (size_t w = 0; w < n_words; w++)
            fired[w] |= now[w];
        count[t] += spikes[t];
        count[timesteps + t] += both;
        count[2 * timesteps + t] += spikes[t] - again; /* the first of their neurons */
        deltas += spikes[t] + (t > 0 ? spikes[t - 1] : 0) - 2 * both; /* |a xor b| */
        before = now;
    }
    view->each[SQ_EACH_DELTAS] = deltas;
}

/* Of timestep t and the one before it: spikes in both, in either, and their quotient. */
static void put_overlap(cJSON *to, const uint64_t *spikes, const uint64_t *both, uint32_t n)
{
    uint64_t *either = malloc(n * sizeof *either);
    double *quotient = malloc(n * sizeof *quotient);
    for (uint32_t i = 0; either != NULL && quotient != NULL && i < n; i++) {
        either[i] = spikes[i] + spikes[i + 1] - both[i + 1];
        quotient[i] = either[i] > 0 ? (double)both[i + 1] / (double)either[i] : NAN;
    }
    if (either != NULL && quotient != NULL) {
        cJSON *overlap = sq_json_add_object(to, "overlap_with_next_timestep");
        sq_put_counts(overlap, "both_spikes", both + 1, n, 1);
        sq_put_counts(overlap, "either_spikes", either, n, 1);
        sq_put_reals(overlap, "jaccard", quotient, n);
    } else {
        sq_json_fail(to);
    }
    free(either);
    free(quotient);
}

static void write(cJSON *to, const uint64_t *count, const struct sq_scope *scope,
                  const struct sq_subject *subject)
{
    const uint32_t timesteps = scope->timesteps;
    const uint64_t *both = count + timesteps, *first = both + timesteps;
    uint64_t spikes = 0, kept = 0, fired = 0;
    cJSON *time = sq_json_add_object(to, "time");
    for (uint32_t t = 0; t < timesteps; t++) {
        spikes += count[t];
        kept += (t > 0 ? both[t] : 0);
        fired += first[t];
    }
    /* |a xor b| = |a| + |b| - 2 |a and b|, starting from silence: the last timestep counts once. */
    const uint64_t deltas = 2 * spikes - count[timesteps - 1] - 2 * kept;
    if (timesteps > 1) {
        put_overlap(time, count, both, timesteps - 1);
        sq_put_count(time, "delta_events", deltas);
        sq_put_share(time, "delta_events_per_spike", deltas, spikes);
    }
    sq_put_counts(time, "first_spikes_per_timestep", first, timesteps, 1);
    sq_put_count(time, "never_fired", scope->n_samples * sq_subject_neurons(subject) - fired);
}

const struct sq_measure sq_measure_timing = {
    SQ_SUBJECT_POPULATION, 1, n_counts, scratch_bytes, add, write,
};
