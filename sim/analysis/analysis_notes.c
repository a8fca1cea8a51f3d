/* Notes: every measure that a trace does not allow, and why. */
#include "sim/analysis/analysis.h"
#include "sim/analysis/measures/measures.h"
#include "sim/analysis/scope/figure_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { FEW_SAMPLES = 30 };

static int has_kind(const struct sq_scope *scope, enum sq_subject_kind kind)
{
    for (uint32_t i = 0; i < scope->n_subjects; i++)
        if (scope->subject[i].kind == kind)
            return 1;
    return 0;
}

static void note_samples(cJSON *notes, const struct sq_scope *scope)
{
    if (scope->n_labelled == 0)
        sq_put_note(notes, "accuracy, confusion, rate_per_label, cost per class",
                    "the trace has no labels; record it with " SQ_FLAG "labels");
    else if (scope->n_judged == 0)
        sq_put_note(notes, "accuracy, confusion", "the trace has no predictions");
    if (scope->n_labelled > 0 && scope->n_labelled < scope->n_samples)
        sq_put_note(notes, "accuracy, rate_per_label",
                    "only %" PRIu64 " of %" PRIu64 " samples have a label", scope->n_labelled,
                    scope->n_samples);
    if (scope->n_samples == 1)
        sq_put_note(notes, "sd, low, high, lifetime_sparseness",
                    "there is one sample: nothing is known of the spread between samples");
    else if (scope->n_samples < FEW_SAMPLES)
        sq_put_note(notes, "low, high",
                    "intervals of means are normal approximations, rough for %" PRIu64 " samples",
                    scope->n_samples);
    if (scope->timesteps == 1)
        sq_put_note(notes,
                    "overlap_with_next_timestep, delta_events, zero_vectors_along_time, "
                    "early_exit",
                    "there is one timestep");
    if (!sq_trace_is_complete(scope->trace))
        sq_put_note(notes, "samples",
                    "the recording was cut short; " SQ_FLAG "resume completes it");
}

static void note_spikes(cJSON *notes, const struct sq_scope *scope)
{
    if (!scope->has_spikes)
        sq_put_note(notes,
                    "spread, time, structure, product_sparsity, maps, raster, rates of channels, "
                    "tokens and heads, residual_streams, attention",
                    "the trace holds counts only; record it with " SQ_FLAG "trace-detail spikes");
    else if (scope->network == NULL)
        sq_put_note(notes, "attention, residual_streams, heads, grids of tokens",
                    "the trace describes no network");
    else if (!has_kind(scope, SQ_SUBJECT_ATTENTION))
        sq_put_note(
            notes, "attention",
            "of no attention of spikes are the populations of q, k and v all recorded and chosen");
    if (scope->has_spikes && scope->network != NULL && !has_kind(scope, SQ_SUBJECT_STREAMS))
        sq_put_note(notes, "residual_streams",
                    sq_network_last(scope->network)->kind == SQ_NODE_ADD
                        ? "the populations that the last residual stream is the sum of are not all "
                          "recorded and chosen"
                        : "the classifier reads no stream of counts");
}

static void note_populations(cJSON *notes, const struct sq_analysis *analysis)
{
    const struct sq_scope *scope = &analysis->scope;
    for (uint32_t i = 0; i < scope->n_populations; i++) {
        const struct sq_subject *subject = &scope->subject[i];
        const uint64_t *total = sq_pass_counts(&analysis->pass, &sq_measure_totals, subject);
        if (scope->has_spikes && subject->n_channels > SQ_PAIR_CHANNELS)
            sq_put_note(notes, "effective_dimension", "%s has %" PRIu32 " channels, more than %d",
                        subject->name, subject->n_channels, SQ_PAIR_CHANNELS);
        if (total[SQ_MOMENTS * scope->timesteps] == 0)
            sq_put_note(notes, "shares and sparseness that divide by spikes", "%s never fires",
                        subject->name);
    }
    for (size_t p = 0; p < scope->plan->n_populations; p++)
        if (scope->plan->population[p].kind == SQ_TRACE_INPUT)
            sq_put_note(notes, scope->plan->population[p].name,
                        "holds the whole numbers that enter the network, no spikes");
}

void sq_analysis_note(struct sq_analysis *analysis)
{
    const struct sq_scope *scope = &analysis->scope;
    note_samples(analysis->notes, scope);
    note_spikes(analysis->notes, scope);
    note_populations(analysis->notes, analysis);
    if (!analysis->has_decision)
        sq_put_note(analysis->notes, "decision",
                    "the weights of the classifier are not in a trace; give " SQ_FLAG "model");
    if (analysis->cost.record == NULL)
        sq_put_note(analysis->notes, "cost", "operations were not recorded");
    else if (scope->n_judged > 1 && (scope->n_correct == 0 || scope->n_correct == scope->n_judged))
        sq_put_note(analysis->notes, "correlation_of_additions_with_correct", "all samples are %s",
                    scope->n_correct > 0 ? "right" : "wrong");
}
