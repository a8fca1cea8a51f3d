/* spikeq_graph(): of what file, the network without its weights where it can do without. */
#include "sim/api/context.h"
#include "sim/api/plan_text.h"

#include "sim/config/config_extra.h"
#include "sim/config/config_keys.h"
#include "sim/inspect/inspect_graph.h"
#include "sim/network/configure.h"
#include "sim/ops/graph_object.h"
#include "sim/record/recorded_graph.h"
#include "traces/files/whole_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 256 << 20 };

struct job {
    spikeq_ctx *ctx;
    const struct sq_graph_choices *options;
    char path[4096]; /* of the source, with a '/' */
    cJSON *json;     /* what the source holds, where it is JSON */
    struct sq_network *network;
};

static struct sq_error *error_of(struct job *job)
{
    return &job->ctx->error;
}

/* Options that would change nothing. */
static int refuse_options(struct job *job, const char *what, int refuses_config)
{
    const struct sq_graph_choices *options = job->options;
    const char *given = options->weights != NULL                    ? "weights"
                        : options->config != NULL && refuses_config ? "config"
                        : options->n_set > 0 && refuses_config      ? "set"
                        : options->architecture != NULL             ? "architecture"
                                                                    : NULL;
    if (given == NULL)
        return SQ_OK;
    return sq_fail(error_of(job), SQ_EUSAGE, "%s: %s; " SQ_OPT "%s would change nothing",
                   options->source, what, given);
}

static int of_trace(struct job *job)
{
    struct sq_trace *trace = NULL;
    int status = sq_plan_check_source(error_of(job), job->options, "trace", 0);
    if (status == SQ_OK)
        status = refuse_options(job, "is a trace, which holds its graph", 1);
    if (status == SQ_OK)
        status = sq_trace_open(error_of(job), job->options->source, &trace);
    if (status == SQ_OK)
        status = sq_recorded_network(error_of(job), trace, &job->network);
    sq_trace_close(trace);
    return status;
}

/* A configuration within another file, of the architecture `name` where that is not NULL. */
static int read_config(struct sq_error *err, const struct job *job, const char *name,
                       struct sq_config *config)
{
    char origin[300];
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(job->json, "config");
    cJSON *object = member != NULL ? cJSON_Duplicate(member, 1) : cJSON_CreateObject();
    if (name != NULL) {
        cJSON_DeleteItemFromObjectCaseSensitive(object, "architecture");
        sq_json_add_text(object, "architecture", name);
    }
    char *text = sq_json_print_line(object);
    snprintf(origin, sizeof origin, "%.280s: config", job->options->source);
    const int status = text != NULL ? sq_config_from_text(err, origin, text, config)
                                    : sq_fail(err, SQ_ENOMEM, "%s: out of memory", origin);
    cJSON_Delete(object);
    free(text);
    return status;
}

/* Name and timesteps alone: the graph says the rest, wherever its architecture is now. */
static void read_name(const struct job *job, struct sq_config *config)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(job->json, "config");
    const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(member, "name"));
    const cJSON *steps = cJSON_GetObjectItemCaseSensitive(member, "T");
    *config = (struct sq_config){.timesteps = 0};
    snprintf(config->name, sizeof config->name, "%.63s", name != NULL ? name : "");
    if (cJSON_IsNumber(steps) && steps->valuedouble >= 1 && steps->valuedouble <= 65535)
        config->timesteps = (uint32_t)steps->valuedouble;
}

static int of_report(struct job *job)
{
    char origin[300];
    struct sq_config config;
    struct sq_graph graph = {.n_nodes = 0};
    const cJSON *object = cJSON_GetObjectItemCaseSensitive(job->json, "graph");
    int status = sq_plan_check_source(error_of(job), job->options, "report", 0);
    if (status == SQ_OK)
        status = refuse_options(job, "is a report, which holds its graph", 1);
    if (status == SQ_OK && object == NULL)
        status = read_config(error_of(job), job, NULL, &config);
    if (status != SQ_OK || object == NULL)
        return status != SQ_OK ? status
                               : sq_network_without_weights(error_of(job), &config, &job->network);
    if (read_config(NULL, job, NULL, &config) != SQ_OK)
        read_name(job, &config);
    snprintf(origin, sizeof origin, "%.280s: graph", job->options->source);
    status = sq_graph_from_object(error_of(job), origin, object, &graph);
    if (status == SQ_OK)
        return sq_network_of_graph(error_of(job), &config, &graph, &job->network);
    sq_graph_free(&graph);
    return status;
}

/* A complete configuration: without weights. */
static int of_complete(struct job *job, const struct sq_config *config)
{
    char names[128], sets[128];
    if (sq_configure_missing(config, names, sets, sizeof names) > 0)
        return sq_fail(error_of(job), SQ_EVALUE,
                       "%s: nothing tells %s; give " SQ_OPT "config NAME or %s",
                       job->options->source, names, sets);
    const int status = sq_config_warn_assumed(error_of(job), config);
    return status == SQ_OK ? sq_network_without_weights(error_of(job), config, &job->network)
                           : status;
}

static int of_architecture(struct job *job)
{
    const struct sq_graph_choices *options = job->options;
    struct sq_config config;
    int status = sq_plan_check_source(error_of(job), options, "an architecture", 1);
    if (status == SQ_OK)
        status = refuse_options(job, "is an architecture, which has no weights", 0);
    if (status == SQ_OK && options->config != NULL)
        status = sq_config_open(job->ctx, options->config, job->path, options->set, options->n_set,
                                &config);
    else if (status == SQ_OK) {
        status = read_config(error_of(job), job, job->path, &config);
        for (size_t i = 0; status == SQ_OK && i < options->n_set; i++)
            status = sq_config_set_pair(error_of(job), &config, options->set[i]);
    }
    return status == SQ_OK ? of_complete(job, &config) : status;
}

static int of_config(struct job *job)
{
    const struct sq_graph_choices *options = job->options;
    struct sq_config config;
    if (options->config != NULL || options->weights != NULL)
        return sq_fail(error_of(job), SQ_EUSAGE,
                       "%s: is a configuration; " SQ_OPT "%s goes with a checkpoint%s",
                       options->source, options->config != NULL ? "config" : "weights",
                       options->config != NULL ? " or an architecture" : "");
    int status = sq_plan_check_source(error_of(job), options, "a configuration", 1);
    if (status == SQ_OK)
        status = sq_config_open(job->ctx, job->json != NULL ? job->path : options->source,
                                options->architecture, options->set, options->n_set, &config);
    return status == SQ_OK ? of_complete(job, &config) : status;
}

static int of_model(struct job *job)
{
    const struct sq_graph_choices *options = job->options;
    const struct sq_network_choices network = {.model = options->source,
                                               .config = options->config,
                                               .set = options->set,
                                               .n_set = options->n_set,
                                               .weights = options->weights,
                                               .architecture = options->architecture,
                                               .arith = &options->arith};
    return sq_network_open(job->ctx, &network, &job->network);
}

static int read_json(struct job *job)
{
    char *text = NULL;
    size_t size = 0;
    int status =
        sq_file_read(error_of(job), job->path, MOST_BYTES,
                     "larger than 256 MiB, expected a configuration or a report", &text, &size);
    if (status == SQ_OK)
        status = sq_config_parse_text(error_of(job), job->options->source, text, size, &job->json);
    free(text);
    return status;
}

/* A JSON file by what is in it. */
static int of_json(struct job *job)
{
    const int status = read_json(job);
    const char *format =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(job->json, "format"));
    if (status != SQ_OK)
        return status;
    if (format != NULL && strncmp(format, "spikeq report", strlen("spikeq report")) == 0)
        return of_report(job);
    return cJSON_GetObjectItemCaseSensitive(job->json, "nodes") != NULL ? of_architecture(job)
                                                                        : of_config(job);
}

/* Does the file begin as a JSON object does? */
static int begins_object(const char *path)
{
    char head[256];
    const size_t n = sq_file_head(path, head, sizeof head - 1);
    head[n] = '\0';
    const char *text = head + (strncmp(head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0);
    return text[strspn(text, " \t\r\n")] == '{';
}

static int find_network(struct job *job)
{
    const char *source = job->options->source;
    snprintf(job->path, sizeof job->path, "%s%s", strchr(source, '/') != NULL ? "" : "./", source);
    if (sq_trace_is_store(source))
        return of_trace(job);
    if (begins_object(source))
        return of_json(job);
    /* A name has no ending; a file that is not there is asked for as what its ending says. */
    const int is_file = sq_file_is_regular(source) || strchr(source, '.') != NULL;
    return is_file && !(sq_config_is_path(source) && strstr(source, ".json") != NULL)
               ? of_model(job)
               : of_config(job);
}

static int form_of(struct job *job, enum sq_graph_form *form)
{
    const char *format = job->options->format != NULL ? job->options->format : "text";
    for (int i = 0; i < SQ_GRAPH_FORMS; i++)
        if (strcmp(format, sq_graph_form_name((enum sq_graph_form)i)) == 0)
            return *form = (enum sq_graph_form)i, SQ_OK;
    return sq_fail(error_of(job), SQ_EUSAGE,
                   SQ_OPT "format %.32s: expected text, json, dot or mermaid", format);
}

int sq_api_graph(spikeq_ctx *ctx, const struct sq_graph_choices *options, char **text)
{
    struct job job = {.ctx = ctx, .options = options};
    struct sq_warnings warnings = {.n = 0};
    enum sq_graph_form form = SQ_GRAPH_TABLE;
    if (options->source == NULL)
        return sq_fail(&ctx->error, SQ_EUSAGE, "a graph needs a source");
    sq_warnings_begin(&ctx->error, &warnings);
    int status = form_of(&job, &form);
    if (status == SQ_OK)
        status = sq_plan_check(&ctx->error, options);
    if (status == SQ_OK)
        status = find_network(&job);
    if (status == SQ_OK && options->plan)
        status = sq_plan_text(&ctx->error, job.network, options, text);
    else if (status == SQ_OK)
        status = sq_inspect_graph(&ctx->error, job.network, ctx->config_dirs, form, text);
    sq_warnings_end(&ctx->error, &warnings);
    sq_network_free(job.network);
    cJSON_Delete(job.json);
    return status;
}
