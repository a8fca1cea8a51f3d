#include "sim/analysis/scope/scope.h"

#include "kernels/base/cpu.h"
#include "sim/record/recorded_graph.h"
#include "sim/record/trace_warnings.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The network that was recorded. A trace without one, or with one that does not hold together, is
 * analysed as populations of unknown meaning. */
static int find_network(struct sq_error *err, struct sq_scope *scope)
{
    struct sq_error ignored = {0};
    const int status = sq_recorded_network(&ignored, scope->trace, &scope->network);
    if (status == SQ_OK)
        scope->n_classes = scope->network->head.n_out;
    else
        scope->network = NULL;
    return status == SQ_ENOMEM ? sq_fail(err, status, "%s: out of memory", scope->path) : SQ_OK;
}

static int is_chosen(const struct sq_range *range, uint64_t id)
{
    return id >= range->first && id < range->end;
}

/* Distance of the largest logit from the next; -1 where there are not two. */
static double margin_of(const struct sq_trace_sample *sample)
{
    float first = -INFINITY, second = -INFINITY;
    for (size_t i = 0; i < sample->n_logits; i++) {
        const float logit = sample->logits[i];
        if (logit > first) {
            second = first;
            first = logit;
        } else if (logit > second) {
            second = logit;
        }
    }
    const double margin = (double)first - (double)second;
    return isfinite(margin) ? margin : -1;
}

static void keep_sample(struct sq_scope *scope, const struct sq_trace_sample *sample)
{
    scope->sample[scope->n_samples++] = (struct sq_scope_sample){.id = sample->id,
                                                                 .label = sample->label,
                                                                 .prediction = sample->prediction,
                                                                 .margin = margin_of(sample)};
    scope->n_classes = sample->n_logits > 0 ? (uint32_t)sample->n_logits : scope->n_classes;
    scope->n_labelled += sample->label >= 0;
    scope->n_judged += sample->label >= 0 && sample->prediction >= 0;
    scope->n_correct += sample->label >= 0 && sample->label == sample->prediction;
}

static int by_number(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* The different labels, and each sample's place among them. */
static int index_labels(struct sq_error *err, struct sq_scope *scope)
{
    scope->label = sq_arena_alloc(&scope->arena, scope->n_samples, sizeof *scope->label);
    if (scope->label == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", scope->path);
    size_t n = 0;
    for (uint64_t i = 0; i < scope->n_samples; i++)
        if (scope->sample[i].label >= 0)
            scope->label[n++] = scope->sample[i].label;
    qsort(scope->label, n, sizeof *scope->label, by_number);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || scope->label[i] != scope->label[scope->n_labels - 1])
            scope->label[scope->n_labels++] = scope->label[i];
    for (uint64_t i = 0; i < scope->n_samples; i++) {
        const int64_t *found = bsearch(&scope->sample[i].label, scope->label, scope->n_labels,
                                       sizeof *scope->label, by_number);
        scope->sample[i].label_index = found != NULL ? (uint32_t)(found - scope->label) : 0;
    }
    return SQ_OK;
}

int sq_scope_read_samples(struct sq_error *err, struct sq_scope *scope,
                          const struct sq_range *samples)
{
    struct sq_trace_sample sample;
    int status = sq_trace_seek(err, scope->trace, samples->first <= INT64_MAX ? samples->first : 0);
    scope->sample =
        sq_arena_alloc(&scope->arena, sq_trace_n_samples(scope->trace), sizeof *scope->sample);
    if (scope->sample == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", scope->path);
    while (status == SQ_OK) {
        const int found = sq_trace_next(err, scope->trace, &sample);
        if (found < 0)
            return found;
        if (found == 0 || !is_chosen(samples, sample.id))
            break;
        if (scope->n_samples == sq_trace_n_samples(scope->trace))
            return sq_fail(err, SQ_EFORMAT, "%s: has more samples than it says", scope->path);
        keep_sample(scope, &sample);
    }
    if (status == SQ_OK && scope->n_samples == 0)
        return sq_fail(err, SQ_EUSAGE,
                       "%s: " SQ_OPT "samples chooses none of its %" PRIu64 " samples", scope->path,
                       sq_trace_n_samples(scope->trace));
    return status == SQ_OK ? index_labels(err, scope) : status;
}

/* Sums of squares of a sample's spikes must fit in 64 bits, for every population. */
static int check_sizes(struct sq_error *err, const struct sq_scope *scope)
{
    for (size_t p = 0; p < scope->plan->n_populations; p++) {
        const uint64_t most = sq_trace_neurons(&scope->plan->population[p]) * scope->timesteps;
        uint64_t squares;
        if (__builtin_mul_overflow(most, most, &squares) ||
            __builtin_mul_overflow(squares, scope->n_samples, &squares))
            return sq_fail(err, SQ_EUNSUPPORTED,
                           "%s: %s with %" PRIu64 " neuron-timesteps is too large to be analysed; "
                           "choose fewer " SQ_OPT "samples",
                           scope->path, scope->plan->population[p].name, most);
    }
    return SQ_OK;
}

int sq_scope_open(struct sq_error *err, const char *path, const char *globs,
                  const struct sq_range *samples, struct sq_scope *scope)
{
    *scope = (struct sq_scope){.path = path};
    int status = sq_trace_open(err, path, &scope->trace);
    if (status != SQ_OK)
        return status;
    scope->plan = sq_trace_plan_of(scope->trace);
    scope->timesteps = scope->plan->timesteps;
    scope->has_spikes = scope->plan->detail == SQ_TRACE_SPIKES;
    sq_kernels_choose(&scope->kernels, sq_cpu_detect().features);
    status = sq_warnings_of_trace(err, scope->trace, NULL);
    if (status == SQ_OK)
        status = find_network(err, scope);
    if (status == SQ_OK)
        status = sq_subjects_find(err, scope, globs);
    if (status == SQ_OK)
        status = sq_scope_read_samples(err, scope, samples);
    if (status == SQ_OK)
        status = check_sizes(err, scope);
    if (status != SQ_OK)
        sq_scope_close(scope);
    return status;
}

void sq_scope_close(struct sq_scope *scope)
{
    sq_trace_close(scope->trace);
    sq_network_free(scope->network);
    sq_arena_free(&scope->arena);
    *scope = (struct sq_scope){0};
}
