/* Spread: silence, and how unevenly spikes are distributed over neurons. */
#include "sim/analysis/measures/sparseness.h"
#include "sim/analysis/measures/measures.h"
#include "sim/analysis/scope/figure_json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* List the groups of `width` channels that never fire, as numbers of the group. */
static void put_dead(cJSON *to, const char *key, const uint64_t *count,
                     const struct sq_subject *subject, uint32_t width)
{
    const uint32_t n_groups = subject->n_channels / width;
    uint64_t *fired = calloc(2 * (size_t)n_groups, sizeof *fired), *dead = fired + n_groups;
    size_t n_dead = 0;
    if (fired == NULL) {
        sq_json_fail(to);
        return;
    }
    for (size_t r = 0; r < subject->n_rows; r++)
        for (size_t c = 0; c < subject->n_channels; c++)
            fired[c / width] += *count++;
    for (uint32_t i = 0; i < n_groups; i++)
        if (fired[i] == 0)
            dead[n_dead++] = i;
    sq_put_counts(to, key, dead, n_dead, 1);
    free(fired);
}

void sq_silence_write(cJSON *to, const uint64_t *count, const struct sq_scope *scope,
                      const struct sq_subject *subject)
{
    const uint64_t most = scope->n_samples * scope->timesteps;
    uint64_t silent = 0, saturated = 0;
    for (size_t i = 0; i < sq_subject_neurons(subject); i++) {
        silent += count[i] == 0;
        saturated += count[i] == most;
    }
    sq_put_count(to, "silent_neurons", silent);
    sq_put_count(to, "saturated_neurons", saturated);
    put_dead(to, "dead_channels", count, subject, 1);
    if (subject->n_heads > 0)
        put_dead(to, "dead_heads", count, subject, subject->head_dim);
}

double sq_sparseness(uint64_t sum, uint64_t squares, uint64_t n)
{
    if (sum == 0 || n < 2)
        return NAN;
    const double even = (double)sum * (double)sum / ((double)n * (double)squares);
    return (1 - even) / (1 - 1 / (double)n);
}

/* Mean over the neurons that fired at all. */
static double lifetime_sparseness(const uint64_t *count, const struct sq_scope *scope,
                                  const struct sq_subject *subject)
{
    const uint64_t *square = sq_neuron_squares(count, subject);
    double sum = 0;
    size_t n = 0;
    for (size_t i = 0; i < sq_subject_neurons(subject); i++)
        if (count[i] > 0 && scope->n_samples > 1) {
            sum += sq_sparseness(count[i], square[i], scope->n_samples);
            n++;
        }
    return n > 0 ? sum / (double)n : NAN;
}

static int ascending(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Of the spikes per neuron x in ascending order: 2 sum i x_i / (n sum x) - (n + 1) / n. */
static double gini(cJSON *to, const uint64_t *count, size_t n)
{
    uint64_t *sorted = malloc(n * sizeof *sorted), sum = 0;
    unsigned __int128 weighted = 0;
    if (sorted == NULL) {
        sq_json_fail(to);
        return NAN;
    }
    memcpy(sorted, count, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, ascending);
    for (size_t i = 0; i < n; i++) {
        weighted += (unsigned __int128)(i + 1) * sorted[i];
        sum += sorted[i];
    }
    free(sorted);
    if (sum == 0)
        return NAN;
    return 2 * (double)weighted / ((double)n * (double)sum) - ((double)n + 1) / (double)n;
}

/* Mean over neurons of the entropy of "does it fire at this timestep". */
static double entropy_bits(const uint64_t *count, size_t n, uint64_t most)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        const double p = (double)count[i] / (double)most;
        if (count[i] > 0 && count[i] < most)
            sum -= p * log2(p) + (1 - p) * log2(1 - p);
    }
    return sum / (double)n;
}

void sq_spread_write(cJSON *to, const uint64_t *count, const struct sq_scope *scope,
                     const struct sq_subject *subject)
{
    const size_t n = (size_t)sq_subject_neurons(subject);
    cJSON *spread = sq_json_add_object(to, "spread");
    sq_put_real(spread, "lifetime_sparseness", lifetime_sparseness(count, scope, subject));
    sq_put_real(spread, "gini", gini(spread, count, n));
    sq_put_real(spread, "entropy_bits_per_neuron",
                entropy_bits(count, n, scope->n_samples * scope->timesteps));
}
