/* spikeq_analyze(): traces in, one JSON text out; and its readable forms. */
#include "sim/analysis/analysis.h"
#include "sim/analysis/scope/figure_json.h"
#include "sim/analysis/write/analysis_forms.h"
#include "sim/api/context.h"
#include "sim/json/warnings_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANALYSIS_VERSION = 1, MAX_TRACES = 16 };

/* The weights that the first trace was recorded of: its meta model_root in `root`, "." for the
 * file's top, "" where it does not say. Errors in the trace are reported when it is read. */
static void recorded_weights(const char *path, char *root, size_t size)
{
    struct sq_trace *trace = NULL;
    root[0] = '\0';
    if (sq_trace_open(NULL, path, &trace) != SQ_OK)
        return;
    const char *value = sq_trace_meta(trace, "model_root");
    if (value != NULL)
        snprintf(root, size, "%s", value[0] != '\0' ? value : ".");
    sq_trace_close(trace);
}

/* The model is loaded with the given configuration, not with the trace's. */
static int load_model(spikeq_ctx *ctx, const struct sq_analyze_choices *options,
                      struct sq_network **model)
{
    char root[128];
    recorded_weights(options->traces[0], root, sizeof root);
    const struct sq_network_request request = {.config_dirs = ctx->config_dirs,
                                               .model = options->model,
                                               .config = options->config,
                                               .weights = options->weights,
                                               .architecture = options->architecture,
                                               .weights_recorded = root[0] != '\0' ? root : NULL};
    *model = NULL;
    return options->model != NULL ? sq_network_load_request(&ctx->error, &request, model) : SQ_OK;
}

/* Text of the finished tree, with a newline at the end. */
static int print(struct sq_error *err, const cJSON *root, char **text)
{
    char *printed = sq_json_print_line(root);
    const size_t n = printed != NULL ? strlen(printed) : 0;
    *text = printed != NULL ? realloc(printed, n + 2) : NULL;
    if (*text != NULL)
        memcpy(*text + n, "\n", 2);
    else
        free(printed);
    return *text != NULL ? SQ_OK : sq_fail(err, SQ_ENOMEM, "out of memory for the analysis");
}

static int gather(struct sq_error *err, struct sq_analysis *analysis, size_t n,
                  const struct sq_warnings *warnings, char **text)
{
    cJSON *root = cJSON_CreateObject();
    sq_json_add_text(root, "format", "spikeq analysis");
    sq_put_count(root, "version", ANALYSIS_VERSION);
    sq_json_add_text(root, "spikeq", SQ_VERSION);
    sq_json_add_item(root, "warnings", sq_warnings_to_json(warnings));
    cJSON *traces = sq_json_add_array(root, "traces");
    int status = SQ_OK;
    cJSON *comparisons = n > 1 ? sq_json_add_array(root, "comparisons") : NULL;
    for (size_t i = 1; status == SQ_OK && i < n; i++)
        status = sq_analysis_compare(err, &analysis[0], &analysis[i], i, comparisons);
    for (size_t i = 0; i < n; i++) {
        sq_json_append(traces, analysis[i].json);
        analysis[i].json = NULL;
    }
    if (status == SQ_OK)
        status = print(err, root, text);
    cJSON_Delete(root);
    return status;
}

/* What is needed besides the traces; the caller frees model and names, also after a failure. */
static int load(spikeq_ctx *ctx, const struct sq_analyze_choices *options,
                struct sq_network **model, struct sq_hardware *hardware,
                struct sq_class_names *names)
{
    *model = NULL;
    int status =
        sq_hardware_load(&ctx->error, ctx->config_dirs,
                         options->hardware != NULL ? options->hardware : "fp32_45nm", hardware);
    if (status == SQ_OK && options->class_names != NULL)
        status = sq_class_names_read(&ctx->error, options->class_names, names);
    return status == SQ_OK ? load_model(ctx, options, model) : status;
}

/* Names without any class to name are a mistake: a user who gives them expects to see them. */
static int check_names(struct sq_error *err, const struct sq_class_names *names,
                       const struct sq_analysis *analysis, size_t n)
{
    int apply = names->path == NULL;
    for (size_t i = 0; i < n; i++)
        apply |= sq_class_names_apply(&analysis[i].scope);
    return apply ? SQ_OK
                 : sq_fail(err, SQ_EUSAGE,
                           "%s: " SQ_OPT "class-names %s: no sample has a label or a prediction to "
                           "name; record with " SQ_OPT "labels",
                           analysis[0].scope.path, names->path);
}

/* The traces one by one, then together; `warnings` are those of all of them. */
static int analyze(spikeq_ctx *ctx, const struct sq_analyze_choices *options,
                   struct sq_analysis_request *request, const struct sq_warnings *warnings,
                   char **json)
{
    struct sq_analysis analysis[MAX_TRACES] = {0};
    int status = sq_range_parse(&ctx->error, SQ_OPT "samples", options->samples, &request->samples);
    for (size_t i = 0; status == SQ_OK && i < options->n_traces; i++)
        status = sq_analysis_make(&ctx->error, options->traces[i], request, &analysis[i]);
    if (status == SQ_OK)
        status = check_names(&ctx->error, request->names, analysis, options->n_traces);
    if (status == SQ_OK)
        status = gather(&ctx->error, analysis, options->n_traces, warnings, json);
    for (size_t i = 0; i < options->n_traces; i++)
        sq_analysis_free(&analysis[i]);
    return status;
}

int sq_api_analyze(spikeq_ctx *ctx, const struct sq_analyze_choices *options, char **json)
{
    struct sq_class_names names = {0};
    struct sq_warnings warnings = {.n = 0};
    struct sq_network *model = NULL;
    struct sq_hardware hardware;
    if (options->n_traces == 0 || options->n_traces > MAX_TRACES)
        return sq_fail(&ctx->error, SQ_EUSAGE, "give 1 to %d traces", MAX_TRACES);
    sq_warnings_begin(&ctx->error, &warnings);
    int status = load(ctx, options, &model, &hardware, &names);
    struct sq_analysis_request request = {.populations = options->populations,
                                          .threads = options->threads,
                                          .model = model,
                                          .hardware = &hardware,
                                          .names = &names,
                                          .raster_sample = options->raster_sample};
    if (status == SQ_OK)
        status = analyze(ctx, options, &request, &warnings, json);
    sq_warnings_end(&ctx->error, &warnings);
    sq_network_free(model);
    sq_class_names_free(&names);
    return status;
}

int spikeq_analysis_csv(spikeq_ctx *ctx, const char *json, const char *directory)
{
    return sq_analysis_csv(&ctx->error, json, directory);
}

int spikeq_analysis_table(spikeq_ctx *ctx, const char *json, unsigned top, int is_colour,
                          char **text)
{
    return sq_analysis_table(&ctx->error, json, top, is_colour, text);
}

int spikeq_analysis_html(spikeq_ctx *ctx, const char *json, char **text)
{
    return sq_analysis_html(&ctx->error, json, text);
}
