/* The report as JSON. docs/man/spikeq.1, section REPORT, is its specification. */
#include "sim/account/counters_json.h"
#include "sim/account/json_count.h"
#include "sim/network/config_write.h"
#include "sim/report/fixed_json.h"
#include "sim/report/frame_counts_json.h"
#include "sim/report/page.h"
#include "sim/warnings_json.h"

#include <cJSON.h>

enum { REPORT_VERSION = 1 };

static void add_model(cJSON *root, const struct sq_network *network)
{
    cJSON *model = cJSON_AddObjectToObject(root, "model");
    cJSON_AddStringToObject(model, "path", network->model_path);
    cJSON_AddStringToObject(model, "sha256", network->model_digest);
    cJSON_AddStringToObject(model, "container", network->container);
    cJSON_AddStringToObject(model, "root", network->root);
    cJSON_AddStringToObject(model, "weights", network->weights);
    if (network->networks[0] != '\0') {
        cJSON_AddStringToObject(model, "weights_why", network->weights_why);
        cJSON_AddStringToObject(model, "networks", network->networks);
    }
    sq_json_count(model, "parameters", network->n_parameters);
}

static void add_config(cJSON *root, const struct sq_config *config)
{
    cJSON_AddItemToObject(root, "config", sq_config_to_json(config));
}

static void add_input(cJSON *root, const struct spikeq_report *report)
{
    cJSON *input = cJSON_AddObjectToObject(root, "input");
    cJSON_AddStringToObject(input, "path", report->input_path);
    cJSON_AddStringToObject(input, "sha256", report->input_digest);
    cJSON_AddStringToObject(input, "description", report->input_description);
    if (report->input_end[0] != '\0')
        cJSON_AddStringToObject(input, "end", report->input_end);
    if (report->has_frames)
        cJSON_AddItemToObject(input, "recordings", sq_frame_counts_to_json(report));
}

static void add_population(cJSON *array, const struct spikeq_report *report, size_t index)
{
    const uint32_t timesteps = report->network->config.timesteps;
    struct spikeq_population population;
    spikeq_report_population(report, index, &population);
    cJSON *object = cJSON_CreateObject();
    cJSON_AddItemToArray(array, object);
    cJSON_AddStringToObject(object, "name", population.name);
    sq_json_count(object, "neurons", population.neurons);
    sq_json_count(object, "timesteps", timesteps);
    sq_json_count(object, "spikes", population.spikes);
    cJSON_AddNumberToObject(object, "rate", population.rate);
    cJSON_AddItemToObject(object, "rate_per_timestep",
                          cJSON_CreateDoubleArray(population.rate_per_timestep, (int)timesteps));
}

static void add_synapse(cJSON *array, const struct spikeq_report *report, size_t index)
{
    struct spikeq_synapse synapse;
    spikeq_report_synapse(report, index, &synapse);
    cJSON *object = cJSON_CreateObject();
    cJSON_AddItemToArray(array, object);
    cJSON_AddStringToObject(object, "name", synapse.name);
    cJSON_AddStringToObject(object, "kind", synapse.kind);
    cJSON_AddStringToObject(object, "source", synapse.source);
    cJSON_AddStringToObject(object, "target", synapse.target);
    sq_json_count(object, "events", synapse.events);
    sq_json_count(object, "additions", synapse.additions);
    sq_json_count(object, "sops", synapse.sops);
    if (synapse.has_units)
        sq_json_count(object, "unit_additions", synapse.unit_additions);
    else
        cJSON_AddNullToObject(object, "unit_additions");
    sq_json_count(object, "dense_additions", synapse.dense_additions);
    sq_json_count(object, "macs", synapse.macs);
}

static void add_attention(cJSON *array, const struct spikeq_report *report, size_t index)
{
    struct spikeq_attention attention;
    spikeq_report_attention(report, index, &attention);
    cJSON *object = cJSON_CreateObject();
    cJSON_AddItemToArray(array, object);
    cJSON_AddStringToObject(object, "name", attention.name);
    cJSON_AddStringToObject(object, "order", attention.order);
    cJSON_AddStringToObject(object, "target", attention.target);
    sq_json_count(object, "events", attention.events);
    sq_json_count(object, "first_product_additions", attention.first_additions);
    sq_json_count(object, "second_product_additions", attention.second_additions);
    sq_json_count(object, "additions", attention.additions);
    sq_json_count(object, "unit_additions", attention.unit_additions);
    sq_json_count(object, "dense_additions", attention.dense_additions);
}

static void add_totals(cJSON *root, const struct spikeq_summary *summary)
{
    cJSON *totals = cJSON_AddObjectToObject(root, "totals");
    sq_json_count(totals, "additions", summary->additions);
    sq_json_count(totals, "dense_additions", summary->dense_additions);
    sq_json_count(totals, "macs_done", summary->macs);
}

/* The only member that may differ between two runs of the same model, config and input. */
static void add_timing(cJSON *root, const struct spikeq_summary *summary)
{
    cJSON *timing = cJSON_AddObjectToObject(root, "timing");
    cJSON_AddNumberToObject(timing, "seconds", summary->seconds);
    cJSON_AddNumberToObject(timing, "samples_per_second", summary->samples_per_second);
    sq_json_count(timing, "threads", summary->threads);
    sq_json_count(timing, "batch", summary->batch);
    cJSON_AddStringToObject(timing, "schedule", summary->schedule);
    cJSON_AddStringToObject(timing, "isa", summary->isa);
}

/* 0: out of memory. */
static int add_all(cJSON *root, const struct spikeq_report *report)
{
    struct spikeq_summary summary;
    spikeq_report_summary(report, &summary);
    cJSON_AddStringToObject(root, "format", "spikeq report");
    sq_json_count(root, "version", REPORT_VERSION);
    cJSON_AddStringToObject(root, "spikeq", spikeq_version());
    add_model(root, report->network);
    add_config(root, &report->network->config);
    add_input(root, report);
    sq_report_add_arith(root, report);
    cJSON_AddItemToObject(root, "warnings", sq_warnings_to_json(&report->warnings));
    cJSON_AddBoolToObject(root, "complete", summary.n_samples == report->n_planned);
    sq_json_count(root, "samples", summary.n_samples);
    if (summary.n_labelled > 0) {
        sq_json_count(root, "correct", summary.n_correct);
        cJSON_AddNumberToObject(root, "accuracy", summary.accuracy);
    }
    cJSON *populations = cJSON_AddArrayToObject(root, "populations");
    for (size_t i = 0; i < report->n_populations; i++)
        add_population(populations, report, i);
    cJSON *synapses = cJSON_AddArrayToObject(root, "synapses");
    for (size_t i = 0; i < report->n_synapses; i++)
        add_synapse(synapses, report, i);
    cJSON *attention = cJSON_AddArrayToObject(root, "attention");
    for (size_t i = 0; i < report->n_attentions; i++)
        add_attention(attention, report, i);
    add_totals(root, &summary);
    cJSON *counters = sq_counters_to_json(sq_record_counters(report->record));
    if (counters == NULL || !cJSON_AddItemToObject(root, "counters", counters))
        return 0;
    cJSON *each = sq_samples_to_json(sq_record_samples(report->record));
    if (each == NULL || !cJSON_AddItemToObject(root, "each", each))
        return 0;
    add_timing(root, &summary);
    return 1;
}

int spikeq_report_json(spikeq_ctx *ctx, const spikeq_report *report, char **text)
{
    cJSON *root = cJSON_CreateObject();
    *text = NULL;
    if (root != NULL && add_all(root, report))
        return sq_page_json(&ctx->error, root, text);
    cJSON_Delete(root);
    return sq_fail(&ctx->error, SQ_ENOMEM, "out of memory for the report");
}
