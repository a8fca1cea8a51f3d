#include "sim/replay/diff_text.h"

#include "kernels/base/plural.h"

#include <inttypes.h>

static const struct sq_trace_population *population_of(const struct sq_diff *diff, uint32_t id)
{
    return &sq_trace_plan_of(diff->a)->population[id];
}

double sq_diff_rate(const struct sq_diff *diff, size_t i, int which)
{
    const struct sq_comparison *found = diff->found;
    const size_t from = i < found->n_populations ? i : 0;
    const size_t to = i < found->n_populations ? i + 1 : found->n_populations;
    double spikes = 0, neurons = 0;
    for (size_t p = from; p < to; p++) {
        const struct sq_trace_population *population = population_of(diff, found->population[p]);
        if (population->kind == SQ_TRACE_INPUT)
            continue;
        spikes += (double)found->spikes[p][which];
        neurons += (double)sq_trace_neurons(population);
    }
    const double chances =
        neurons * (double)found->n_samples * sq_trace_plan_of(diff->a)->timesteps;
    return chances > 0 ? spikes / chances : -1;
}

/* "spikes: all equal", or how many differ and the first of them. */
static void print_spikes(FILE *to, const struct sq_diff *diff)
{
    char text[SQ_DIFFERENCE_TEXT];
    const struct sq_comparison *found = diff->found;
    const int has_counts = sq_trace_plan_of(diff->a)->detail == SQ_TRACE_COUNTS ||
                           sq_trace_plan_of(diff->b)->detail == SQ_TRACE_COUNTS;
    fprintf(to, "%s: ", has_counts ? "spike counts" : "spikes");
    if (found->n_samples == 0)
        fprintf(to, "no sample is in both\n");
    else if (found->n_mismatches == 0 && found->only_a.n + found->only_b.n > 0)
        fprintf(to, "all equal in the %" PRIu64 " sample%s that both hold\n", found->n_samples,
                sq_s(found->n_samples));
    else if (found->n_mismatches == 0)
        fprintf(to, "all equal\n");
    else
        fprintf(to, "%" PRIu64 " mismatch%s in %" PRIu64 " of %" PRIu64 " sample%s\n",
                found->n_mismatches, found->n_mismatches == 1 ? "" : "es", found->n_samples_differ,
                found->n_samples, sq_s(found->n_samples));
    if (!found->has_first)
        return;
    sq_difference_text(population_of(diff, found->first_population), &found->first,
                       sq_trace_path(diff->a), sq_trace_path(diff->b), text);
    fprintf(to, "first difference: %s\n", text);
}

/* "2 samples only in a.db: 3, 4" */
static void print_only(FILE *to, const struct sq_sample_list *only, const char *path)
{
    if (only->n == 0)
        return;
    fprintf(to, "%" PRIu64 " sample%s only in %s:", only->n, sq_s(only->n), path);
    for (uint64_t i = 0; i < only->n && i < SQ_COMPARE_LISTED; i++)
        fprintf(to, "%s %" PRIu64, i > 0 ? "," : "", only->id[i]);
    fprintf(to, "%s\n", only->n > SQ_COMPARE_LISTED ? ", ..." : "");
}

static void print_class(FILE *to, int64_t class)
{
    if (class >= 0)
        fprintf(to, "%" PRId64, class);
    else
        fprintf(to, "none");
}

/* ": sample 3: 7 -> 1, sample 4: none -> 0" */
static void print_list(FILE *to, const struct sq_sample_list *list, int has_values)
{
    for (uint64_t i = 0; i < list->n && i < SQ_COMPARE_LISTED; i++) {
        fprintf(to, "%s sample %" PRIu64, i > 0 ? "," : ":", list->id[i]);
        if (!has_values)
            continue;
        fprintf(to, ": ");
        print_class(to, list->a[i]);
        fprintf(to, " -> ");
        print_class(to, list->b[i]);
    }
    fprintf(to, "%s\n", list->n > SQ_COMPARE_LISTED ? ", ..." : "");
}

/* "predictions: all equal", "predictions: 2 of 10 differ: sample 3: 7 -> 1, sample 4: 4 -> 0" */
static void print_changed(FILE *to, const struct sq_diff *diff, const char *what,
                          const struct sq_sample_list *list)
{
    if (list->n == 0) {
        fprintf(to, "%s: all equal\n", what);
        return;
    }
    fprintf(to, "%s: %" PRIu64 " of %" PRIu64 " differ%s", what, list->n, diff->found->n_samples,
            list->n == 1 ? "s" : "");
    print_list(to, list, 1);
}

/* The largest distance is shown wherever logits are not equal to the bit. */
static void print_logits(FILE *to, const struct sq_diff *diff)
{
    const struct sq_comparison *found = diff->found;
    if (found->logits.n == 0 && found->logits_apart > 0) {
        fprintf(to, "logits: all within %g, at most %g apart\n", diff->logits_tolerance,
                found->logits_apart);
    } else if (found->logits.n == 0) {
        fprintf(to, "logits: all equal\n");
    } else {
        fprintf(to, "logits: at most %g apart, in %" PRIu64 " of %" PRIu64 " sample%s",
                found->logits_apart, found->logits.n, found->n_samples, sq_s(found->n_samples));
        if (diff->logits_tolerance > 0)
            fprintf(to, " more than %g", diff->logits_tolerance);
        print_list(to, &found->logits, 0);
    }
}

static void print_figures(FILE *to, const struct sq_diff *diff)
{
    const struct sq_comparison *found = diff->found;
    const double rate[2] = {sq_diff_rate(diff, found->n_populations, 0),
                            sq_diff_rate(diff, found->n_populations, 1)};
    if (rate[0] >= 0)
        fprintf(to, "firing rate: %.3f %% -> %.3f %%\n", 100 * rate[0], 100 * rate[1]);
    if (found->n_labelled[0] > 0 && found->n_labelled[1] > 0)
        fprintf(to,
                "accuracy: %.4f -> %.4f (%" PRIu64 " of %" PRIu64 " -> %" PRIu64 " of %" PRIu64
                ")\n",
                (double)found->n_correct[0] / (double)found->n_labelled[0],
                (double)found->n_correct[1] / (double)found->n_labelled[1], found->n_correct[0],
                found->n_labelled[0], found->n_correct[1], found->n_labelled[1]);
    for (int i = 0; i < 2; i++)
        if (diff->energy_mj[i] < 0)
            fprintf(to, "energy: %s holds no operations\n",
                    sq_trace_path(i == 0 ? diff->a : diff->b));
    if (diff->energy_mj[0] >= 0 && diff->energy_mj[1] >= 0)
        fprintf(to, "energy: %.6g -> %.6g mJ per sample (exact, " SQ_DIFF_HARDWARE ")\n",
                diff->energy_mj[0], diff->energy_mj[1]);
}

static uint64_t sum_of(const struct sq_diff *diff, size_t i)
{
    const uint32_t timesteps = sq_trace_plan_of(diff->a)->timesteps;
    uint64_t sum = 0;
    for (uint32_t t = 0; t < timesteps; t++)
        sum += diff->found->mismatches[i * timesteps + t];
    return sum;
}

/* "-" where a population has no rate. */
static void print_rate(FILE *to, double rate)
{
    if (rate < 0)
        fprintf(to, " %9s", "-");
    else
        fprintf(to, " %9.3f", 100 * rate);
}

enum { MOST_COLUMNS = 10 }; /* timesteps in a line; JSON has them all */

static void print_table(FILE *to, const struct sq_diff *diff)
{
    const struct sq_comparison *found = diff->found;
    const uint32_t timesteps = sq_trace_plan_of(diff->a)->timesteps;
    if (found->n_mismatches == 0)
        return;
    fprintf(to, "\n%-24s %9s %9s %12s  per timestep\n", "population", "A, %", "B, %", "mismatches");
    for (size_t i = 0; i < found->n_populations; i++) {
        fprintf(to, "%-24s", population_of(diff, found->population[i])->name);
        print_rate(to, sq_diff_rate(diff, i, 0));
        print_rate(to, sq_diff_rate(diff, i, 1));
        fprintf(to, " %12" PRIu64 " ", sum_of(diff, i));
        for (uint32_t t = 0; t < timesteps && t < MOST_COLUMNS; t++)
            fprintf(to, " %9" PRIu64, found->mismatches[i * timesteps + t]);
        fprintf(to, timesteps > MOST_COLUMNS ? " ...\n" : "\n");
    }
}

void sq_diff_print(FILE *to, const struct sq_diff *diff)
{
    const struct sq_comparison *found = diff->found;
    const uint32_t timesteps = sq_trace_plan_of(diff->a)->timesteps;
    if (found->plan[0] != '\0') {
        fprintf(to, "not comparable: %s\n", found->plan);
        return;
    }
    print_spikes(to, diff);
    print_logits(to, diff);
    print_changed(to, diff, "predictions", &found->predictions);
    if (found->labels.n > 0)
        print_changed(to, diff, "labels", &found->labels);
    print_only(to, &found->only_a, sq_trace_path(diff->a));
    print_only(to, &found->only_b, sq_trace_path(diff->b));
    print_figures(to, diff);
    fprintf(to,
            "A: %s\nB: %s\ncompared: %" PRIu64 " sample%s of %" PRIu32 " timestep%s, %zu "
            "population%s\n",
            sq_trace_path(diff->a), sq_trace_path(diff->b), found->n_samples,
            sq_s(found->n_samples), timesteps, sq_s(timesteps), found->n_populations,
            sq_s(found->n_populations));
    print_table(to, diff);
}
