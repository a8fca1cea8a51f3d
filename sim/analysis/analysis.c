#include "sim/analysis/analysis.h"

#include "sim/analysis/maps.h"
#include "sim/analysis/measures/raster.h"
#include "sim/analysis/scope/figure_json.h"

static int measure(struct sq_error *err, const char *path,
                   const struct sq_analysis_request *request, struct sq_analysis *analysis)
{
    struct sq_scope *scope = &analysis->scope;
    int status = sq_scope_open(err, path, request->populations, &request->samples, scope);
    if (status == SQ_OK)
        status = sq_class_names_check(err, request->names, scope);
    if (status == SQ_OK)
        status = sq_raster_find(err, scope, request->raster_sample, &analysis->raster_place);
    if (status != SQ_OK)
        return status;
    status = sq_trace_cost_read(err, scope, request->hardware, &analysis->cost);
    analysis->has_decision = request->model != NULL;
    if (status == SQ_OK && request->model != NULL)
        status = sq_decision_plan(err, scope, request->model, &analysis->decision);
    if (status == SQ_OK)
        status = sq_pass_plan(err, scope, &analysis->pass);
    return status == SQ_OK ? sq_pass_run(err, scope, &analysis->pass, request->threads,
                                         request->model != NULL ? &analysis->decision : NULL)
                           : status;
}

/* Read once more after the pass: maps and the raster. */
static int write_pictures(struct sq_error *err, struct sq_analysis *analysis)
{
    const struct sq_scope *scope = &analysis->scope;
    cJSON *populations = cJSON_GetObjectItem(analysis->json, "populations");
    if (!scope->has_spikes)
        return SQ_OK;
    const int status = sq_maps_write(err, scope, &analysis->pass, populations,
                                     cJSON_GetObjectItem(analysis->json, "attention"));
    return status == SQ_OK ? sq_raster_write(err, scope, analysis->raster_place, populations)
                           : status;
}

int sq_analysis_make(struct sq_error *err, const char *path,
                     const struct sq_analysis_request *request, struct sq_analysis *analysis)
{
    *analysis = (struct sq_analysis){0};
    int status = measure(err, path, request, analysis);
    if (status != SQ_OK)
        return status;
    analysis->json = cJSON_CreateObject();
    if (analysis->json == NULL)
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    status = sq_analysis_write(err, analysis);
    if (status != SQ_OK)
        return status;
    sq_class_names_write(analysis->json, request->names);
    sq_analysis_note(analysis);
    if (!sq_json_is_whole(analysis->json)) /* the figures look up earlier ones */
        return sq_fail(err, SQ_ENOMEM, "%s: out of memory", path);
    return write_pictures(err, analysis);
}

void sq_analysis_free(struct sq_analysis *analysis)
{
    cJSON_Delete(analysis->json);
    sq_decision_free(&analysis->decision);
    sq_trace_cost_free(&analysis->cost);
    sq_pass_free(&analysis->pass);
    sq_scope_close(&analysis->scope);
    analysis->json = NULL;
}
