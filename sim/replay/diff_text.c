#include "sim/replay/diff_text.h"

#include <inttypes.h>

static const struct sq_trace_population *population_of(const struct sq_diff *diff, uint32_t id)
{
    return &sq_trace_plan_of(diff->a)->population[id];
}

static void print_first(FILE *to, const struct sq_diff *diff)
{
    char text[SQ_DIFFERENCE_TEXT];
    const struct sq_comparison *found = diff->found;
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
    fprintf(to, "%" PRIu64 " samples only in %s:", only->n, path);
    for (uint64_t i = 0; i < only->n && i < SQ_COMPARE_LISTED; i++)
        fprintf(to, "%s %" PRIu64, i > 0 ? "," : "", only->id[i]);
    fprintf(to, "%s\n", only->n > SQ_COMPARE_LISTED ? ", ..." : "");
}

/* "2 of 10 predictions differ: sample 3: 7 -> 1, sample 4: none -> 0" */
static void print_changed(FILE *to, const struct sq_diff *diff, const struct sq_sample_list *list,
                          const char *what, int has_values)
{
    if (list->n == 0)
        return;
    fprintf(to, "%" PRIu64 " of %" PRIu64 " %s differ:", list->n, diff->found->n_samples, what);
    for (uint64_t i = 0; i < list->n && i < SQ_COMPARE_LISTED; i++) {
        fprintf(to, "%s sample %" PRIu64, i > 0 ? "," : "", list->id[i]);
        if (has_values && list->a[i] >= 0)
            fprintf(to, ": %" PRId64, list->a[i]);
        else if (has_values)
            fprintf(to, ": none");
        if (has_values && list->b[i] >= 0)
            fprintf(to, " -> %" PRId64, list->b[i]);
        else if (has_values)
            fprintf(to, " -> none");
    }
    fprintf(to, "%s\n", list->n > SQ_COMPARE_LISTED ? ", ..." : "");
}

static uint64_t sum_of(const struct sq_diff *diff, size_t i)
{
    const uint32_t timesteps = sq_trace_plan_of(diff->a)->timesteps;
    uint64_t sum = 0;
    for (uint32_t t = 0; t < timesteps; t++)
        sum += diff->found->mismatches[i * timesteps + t];
    return sum;
}

static void print_table(FILE *to, const struct sq_diff *diff)
{
    const struct sq_comparison *found = diff->found;
    const uint32_t timesteps = sq_trace_plan_of(diff->a)->timesteps;
    if (found->n_mismatches == 0)
        return;
    fprintf(to, "\n%-24s %12s  per timestep\n", "population", "mismatches");
    for (size_t i = 0; i < found->n_populations; i++) {
        fprintf(to, "%-24s %12" PRIu64 " ", population_of(diff, found->population[i])->name,
                sum_of(diff, i));
        for (uint32_t t = 0; t < timesteps; t++)
            fprintf(to, " %9" PRIu64, found->mismatches[i * timesteps + t]);
        fprintf(to, "\n");
    }
    fprintf(to, "%-24s %12" PRIu64 "\n", "sum", found->n_mismatches);
}

void sq_diff_print(FILE *to, const struct sq_diff *diff)
{
    const struct sq_comparison *found = diff->found;
    const int is_equal = sq_comparison_is_equal(found);
    fprintf(to, "%s and %s %s: ", sq_trace_path(diff->a), sq_trace_path(diff->b),
            is_equal ? "are equal" : "differ");
    if (found->plan[0] != '\0') {
        fprintf(to, "%s\n", found->plan);
        return;
    }
    fprintf(to, "%" PRIu64 " samples of %" PRIu32 " timesteps, %zu populations", found->n_samples,
            sq_trace_plan_of(diff->a)->timesteps, found->n_populations);
    if (!is_equal)
        fprintf(to, "; %" PRIu64 " samples with %" PRIu64 " mismatching spikes",
                found->n_samples_differ, found->n_mismatches);
    fprintf(to, "\n");
    print_first(to, diff);
    print_only(to, &found->only_a, sq_trace_path(diff->a));
    print_only(to, &found->only_b, sq_trace_path(diff->b));
    print_changed(to, diff, &found->predictions, "predictions", 1);
    print_changed(to, diff, &found->labels, "labels", 1);
    print_changed(to, diff, &found->logits, "logits", 0);
    print_table(to, diff);
}
