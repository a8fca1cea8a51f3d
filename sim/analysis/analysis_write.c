/* An analysis as JSON: the top level. */
#include "sim/analysis/analysis.h"
#include "sim/analysis/measures/measures.h"
#include "sim/analysis/measures/sparseness.h"
#include "sim/analysis/scope/figure_json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void put_text(cJSON *to, const char *key, const char *text)
{
    if (text != NULL)
        sq_json_add_text(to, key, text);
}

/* The trace's own description, without paths. */
static void put_run(cJSON *json, const struct sq_scope *scope)
{
    static const char *const key[] = {
        "spikeq", "arith", "model_sha256", "input_sha256", "input_names_sha256",
        "parent", "change"};
    cJSON *run = sq_json_add_object(json, "run");
    for (size_t i = 0; i < sizeof key / sizeof key[0]; i++)
        put_text(run, key[i], sq_trace_meta(scope->trace, key[i]));
    if (scope->network == NULL)
        return;
    const struct sq_config *config = &scope->network->config;
    put_text(run, "config", config->name);
    put_text(run, "architecture", scope->network->graph.architecture);
    sq_put_count(run, "depth", config->depth);
    sq_put_count(run, "dim", config->dim);
    sq_put_count(run, "heads", config->heads);
}

static void put_labels(cJSON *json, const struct sq_scope *scope)
{
    uint64_t *list = calloc(2 * (size_t)scope->n_labels + 1, sizeof *list);
    uint64_t *n = list + scope->n_labels;
    if (list == NULL) {
        sq_json_fail(json);
        return;
    }
    for (uint32_t i = 0; i < scope->n_labels; i++)
        list[i] = (uint64_t)scope->label[i];
    for (uint64_t i = 0; i < scope->n_samples; i++)
        if (scope->sample[i].label >= 0)
            n[scope->sample[i].label_index]++;
    sq_put_counts(json, "labels", list, scope->n_labels, 1);
    sq_put_counts(json, "samples_per_label", n, scope->n_labels, 1);
    free(list);
}

static void put_summary(cJSON *json, const struct sq_scope *scope)
{
    put_text(json, "trace", scope->path);
    sq_json_add_bool(json, "complete", sq_trace_is_complete(scope->trace));
    put_run(json, scope);
    sq_put_count(json, "timesteps", scope->timesteps);
    sq_put_count(json, "samples", scope->n_samples);
    sq_put_count(json, "first_sample", scope->sample[0].id);
    sq_put_count(json, "last_sample", scope->sample[scope->n_samples - 1].id);
    sq_put_count(json, "labelled_samples", scope->n_labelled);
    if (scope->n_labels > 0)
        put_labels(json, scope);
    if (scope->n_judged > 0) {
        sq_put_count(json, "correct_samples", scope->n_correct);
        sq_put_proportion(json, "accuracy", scope->n_correct, scope->n_judged);
    }
}

double sq_analysis_sparseness(const struct sq_analysis *analysis, uint64_t sample,
                              uint32_t population)
{
    const struct sq_scope *scope = &analysis->scope;
    const uint64_t *each = sq_pass_each(&analysis->pass, scope, sample, population);
    return sq_sparseness(each[SQ_EACH_SPIKES], each[SQ_EACH_SQUARES],
                         sq_subject_neurons(&scope->subject[population]));
}

/* Mean over the samples in which the population is not silent. */
static void put_population_sparseness(cJSON *object, const struct sq_analysis *analysis,
                                      uint32_t population)
{
    double sum = 0;
    uint64_t n = 0;
    for (uint64_t i = 0; i < analysis->scope.n_samples; i++) {
        const double value = sq_analysis_sparseness(analysis, i, population);
        if (isfinite(value)) {
            sum += value;
            n++;
        }
    }
    sq_put_real(cJSON_GetObjectItem(object, "spread"), "population_sparseness",
                n > 0 ? sum / (double)n : NAN);
}

static void put_population(cJSON *object, const struct sq_scope *scope, uint32_t index)
{
    const struct sq_subject *subject = &scope->subject[index];
    const struct sq_trace_population *population = &scope->plan->population[subject->source[0]];
    put_text(object, "name", subject->name);
    put_text(object, "kind", population->kind == SQ_TRACE_LIF ? "lif" : "generic");
    sq_put_count(object, "neurons", sq_subject_neurons(subject));
    sq_put_count(object, "tokens", subject->n_rows);
    sq_put_count(object, "channels", subject->n_channels);
    if (subject->grid_height > 0) {
        sq_put_count(object, "grid_height", subject->grid_height);
        sq_put_count(object, "grid_width", subject->grid_width);
    }
    if (subject->n_heads > 0)
        sq_put_count(object, "heads", subject->n_heads);
    if (population->threshold != 0)
        sq_put_real(object, "threshold", population->threshold);
}

/* Let each measure of the subject write its figures. */
static void write_measures(cJSON *object, const struct sq_analysis *analysis, uint32_t subject)
{
    for (size_t i = 0; i < analysis->pass.n_jobs; i++) {
        const struct sq_pass_job *job = &analysis->pass.job[i];
        if (job->subject == &analysis->scope.subject[subject])
            job->measure->write(object, analysis->pass.count + job->offset, &analysis->scope,
                                job->subject);
    }
}

/* The list of a kind of subject; made for the first subject of its kind. */
static cJSON *list_of(cJSON *json, enum sq_subject_kind kind)
{
    static const char *const key[] = {"populations", "residual_streams", "attention"};
    cJSON *list = cJSON_GetObjectItem(json, key[kind]);
    return list != NULL ? list : sq_json_add_array(json, key[kind]);
}

static void put_subject(struct sq_analysis *analysis, uint32_t index)
{
    const struct sq_scope *scope = &analysis->scope;
    const enum sq_subject_kind kind = scope->subject[index].kind;
    cJSON *list = list_of(analysis->json, kind);
    if (kind == SQ_SUBJECT_STREAMS) { /* one subject, many streams */
        write_measures(list, analysis, index);
        return;
    }
    cJSON *object = cJSON_CreateObject();
    sq_json_append(list, object);
    if (kind == SQ_SUBJECT_POPULATION)
        put_population(object, scope, index);
    write_measures(object, analysis, index);
    if (kind == SQ_SUBJECT_POPULATION && scope->has_spikes)
        put_population_sparseness(object, analysis, index);
}

int sq_analysis_write(struct sq_error *err, struct sq_analysis *analysis)
{
    const struct sq_scope *scope = &analysis->scope;
    cJSON *json = analysis->json;
    put_summary(json, scope);
    analysis->notes = sq_json_add_array(json, "notes");
    const int status = sq_confusion_write(err, json, scope);
    if (status != SQ_OK)
        return status;
    for (uint32_t i = 0; i < scope->n_subjects; i++)
        put_subject(analysis, i);
    if (analysis->has_decision)
        sq_decision_write(sq_json_add_object(json, "decision"), &analysis->decision, scope,
                          analysis->pass.of_sample, sq_trace_cost_additions(&analysis->cost));
    return analysis->cost.record != NULL
               ? sq_trace_cost_write(err, sq_json_add_object(json, "cost"), &analysis->cost, scope)
               : SQ_OK;
}
