/* The figures of decisions: the accuracy with fewer timesteps. */
#include "sim/analysis/measures/decision.h"
#include "sim/analysis/scope/figure_json.h"

#include <math.h>
#include <stdlib.h>

enum { N_THRESHOLDS = 21 }; /* 0, 0.05 ... 1 */

/* The result of "leave after this many timesteps" over all samples. */
struct outcome {
    uint64_t n_correct, n_agreeing, timesteps, spikes, operations;
    double margin;
};

static void add_exit(struct outcome *outcome, const struct sq_decision *decision,
                     const struct sq_scope *scope, uint64_t sample, uint32_t t)
{
    const int32_t *class = decision->class + sample * scope->timesteps;
    outcome->n_correct +=
        scope->sample[sample].label >= 0 && scope->sample[sample].label == class[t];
    outcome->n_agreeing += class[t] == class[scope->timesteps - 1];
    outcome->timesteps += t + 1;
    outcome->margin += decision->margin[sample * scope->timesteps + t];
}

static uint64_t sum_until(const uint64_t *of_timestep, uint32_t t)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i <= t; i++)
        sum += of_timestep[i];
    return sum;
}

static void put_outcome(cJSON *to, const struct outcome *outcome, const struct sq_scope *scope)
{
    if (scope->n_labelled > 0)
        sq_put_proportion(to, "accuracy", outcome->n_correct, scope->n_labelled);
    sq_put_proportion(to, "agreement_with_last_timestep", outcome->n_agreeing, scope->n_samples);
    sq_put_real(to, "mean_margin", outcome->margin / (double)scope->n_samples);
}

static void put_timesteps(cJSON *to, const struct sq_decision *decision,
                          const struct sq_scope *scope)
{
    cJSON *list = sq_json_add_array(to, "after_timestep");
    for (uint32_t t = 0; t < scope->timesteps; t++) {
        struct outcome outcome = {0};
        for (uint64_t i = 0; i < scope->n_samples; i++)
            add_exit(&outcome, decision, scope, i, t);
        cJSON *item = cJSON_CreateObject();
        sq_json_append(list, item);
        sq_put_count(item, "timesteps", t + 1);
        put_outcome(item, &outcome, scope);
    }
}

/* The first timestep with enough margin, or the last. */
static uint32_t exit_at(const double *margin, uint32_t timesteps, double threshold)
{
    uint32_t t = 0;
    while (t + 1 < timesteps && margin[t] < threshold)
        t++;
    return t;
}

static void put_exits(cJSON *list, const struct sq_decision *decision, const struct sq_scope *scope,
                      double threshold, const uint64_t *spikes, const uint64_t *operations)
{
    const uint32_t timesteps = scope->timesteps;
    uint64_t *exits = calloc(timesteps, sizeof *exits);
    struct outcome outcome = {0};
    cJSON *item = cJSON_CreateObject();
    sq_json_append(list, item);
    for (uint64_t i = 0; exits != NULL && i < scope->n_samples; i++) {
        const uint32_t t = exit_at(decision->margin + i * timesteps, timesteps, threshold);
        add_exit(&outcome, decision, scope, i, t);
        outcome.spikes += sum_until(spikes + i * timesteps, t);
        outcome.operations += operations != NULL ? sum_until(operations + i * timesteps, t) : 0;
        exits[t]++;
    }
    const double n = (double)scope->n_samples;
    sq_put_real(item, "threshold", threshold);
    put_outcome(item, &outcome, scope);
    sq_put_real(item, "mean_timesteps", (double)outcome.timesteps / n);
    sq_put_real(item, "mean_spikes", (double)outcome.spikes / n);
    sq_put_real(item, "mean_additions", operations != NULL ? (double)outcome.operations / n : NAN);
    if (exits != NULL)
        sq_put_counts(item, "exits_per_timestep", exits, timesteps, 1);
    else
        sq_json_fail(item);
    free(exits);
}

void sq_decision_write(cJSON *to, const struct sq_decision *decision, const struct sq_scope *scope,
                       const uint64_t *spikes, const uint64_t *operations)
{
    put_timesteps(to, decision, scope);
    if (scope->timesteps < 2)
        return;
    cJSON *list = sq_json_add_array(to, "early_exit");
    for (int i = 0; i < N_THRESHOLDS; i++)
        put_exits(list, decision, scope, i / (double)(N_THRESHOLDS - 1), spikes, operations);
}
