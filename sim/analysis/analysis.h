/* Analysis: one trace measured, as a JSON object and as what a comparison needs.
 * docs/analysis.md defines every figure. */
#ifndef SQ_ANALYSIS_H
#define SQ_ANALYSIS_H

#include "sim/analysis/cost/trace_cost.h"
#include "sim/analysis/measures/decision.h"
#include "sim/analysis/pass/pass.h"
#include "sim/analysis/write/class_names.h"

struct sq_analysis {
    struct sq_scope scope;
    struct sq_pass pass;
    struct sq_trace_cost cost;
    struct sq_decision decision;
    int has_decision;
    uint64_t raster_place; /* of the scope's samples */
    cJSON *json;           /* owned */
    cJSON *notes;          /* within it */
};

struct sq_analysis_request {
    const char *populations; /* NULL: all */
    struct sq_range samples;
    unsigned threads;
    const struct sq_network *model;     /* NULL: none */
    const struct sq_hardware *hardware; /* prices operations; it outlives the analysis */
    const struct sq_class_names *names; /* no path: none were given */
    const char *raster_sample;          /* its number; NULL: the first one */
};

/* Measure a trace; call sq_analysis_free() in every case. Errors of sq_scope_open(), sq_pass_run(),
 * sq_decision_plan(). */
int sq_analysis_make(struct sq_error *err, const char *path,
                     const struct sq_analysis_request *request, struct sq_analysis *analysis);
void sq_analysis_free(struct sq_analysis *analysis);

/* What the trace does not allow, each with its reason. */
void sq_analysis_note(struct sq_analysis *analysis);

/* The figures of accuracy, of classes, of each population, stream and block, of decisions and cost.
 * SQ_ENOMEM. */
int sq_analysis_write(struct sq_error *err, struct sq_analysis *analysis);

/* Population sparseness of a sample (Treves and Rolls); NaN where it is silent. */
double sq_analysis_sparseness(const struct sq_analysis *analysis, uint64_t sample,
                              uint32_t population);

/* Append the comparison of `other` (number `index` of the command) with `base` to the list. Samples
 * of the same number are pairs. SQ_ENOMEM. */
int sq_analysis_compare(struct sq_error *err, const struct sq_analysis *base,
                        const struct sq_analysis *other, size_t index, cJSON *list);

#endif
