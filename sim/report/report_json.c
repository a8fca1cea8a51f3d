/* The report as JSON. docs/man/spikeq.1.in, section REPORT, is its specification. */
#include "sim/account/count/counters_json.h"
#include "sim/config/config_write.h"
#include "sim/json/json.h"
#include "sim/json/page.h"
#include "sim/json/warnings_json.h"
#include "sim/ops/graph_object.h"
#include "sim/report/fixed_json.h"
#include "sim/report/frame_counts_json.h"
#include "sim/report/shard_json.h"

enum { REPORT_VERSION = 1 };

static void add_model(cJSON *root, const struct sq_network *network)
{
    cJSON *model = sq_json_add_object(root, "model");
    sq_json_add_text(model, "path", network->model_path);
    sq_json_add_text(model, "sha256", network->model_digest);
    sq_json_add_text(model, "container", network->container);
    sq_json_add_text(model, "root", network->root);
    sq_json_add_text(model, "weights", network->weights);
    if (network->networks[0] != '\0') {
        sq_json_add_text(model, "weights_why", network->weights_why);
        sq_json_add_text(model, "networks", network->networks);
    }
    sq_json_count(model, "parameters", network->n_parameters);
}

static void add_config(cJSON *root, const struct sq_config *config)
{
    sq_json_add_item(root, "config", sq_config_to_json(config));
}

static void add_input(cJSON *root, const struct spikeq_report *report)
{
    cJSON *input = sq_json_add_object(root, "input");
    sq_json_add_text(input, "path", report->input_path);
    if (report->input_names[0] != '\0')
        sq_json_add_text(input, "names_sha256", report->input_names);
    else
        sq_json_add_text(input, "sha256", report->input_digest);
    sq_json_add_text(input, "description", report->input_description);
    if (report->input_end[0] != '\0')
        sq_json_add_text(input, "end", report->input_end);
    if (report->has_frames)
        sq_json_add_item(input, "recordings", sq_frame_counts_to_json(report));
}

static void add_population(cJSON *array, const struct spikeq_report *report, size_t index)
{
    const uint32_t timesteps = report->network->config.timesteps;
    struct spikeq_population population;
    sq_report_population(report, index, &population);
    cJSON *object = cJSON_CreateObject();
    sq_json_append(array, object);
    sq_json_add_text(object, "name", population.name);
    sq_json_count(object, "neurons", population.neurons);
    sq_json_count(object, "timesteps", timesteps);
    sq_json_count(object, "spikes", population.spikes);
    sq_json_add_number(object, "rate", population.rate);
    sq_json_add_item(object, "rate_per_timestep",
                     cJSON_CreateDoubleArray(population.rate_per_timestep, (int)timesteps));
}

static void add_synapse(cJSON *array, const struct spikeq_report *report, size_t index)
{
    struct spikeq_synapse synapse;
    sq_report_synapse(report, index, &synapse);
    cJSON *object = cJSON_CreateObject();
    sq_json_append(array, object);
    sq_json_add_text(object, "name", synapse.name);
    sq_json_add_text(object, "kind", synapse.kind);
    sq_json_add_text(object, "source", synapse.source);
    sq_json_add_text(object, "target", synapse.target);
    sq_json_count(object, "events", synapse.events);
    sq_json_count(object, "additions", synapse.additions);
    sq_json_count(object, "sops", synapse.sops);
    if (synapse.has_units)
        sq_json_count(object, "unit_additions", synapse.unit_additions);
    else
        sq_json_add_null(object, "unit_additions");
    sq_json_count(object, "dense_additions", synapse.dense_additions);
    sq_json_count(object, "macs", synapse.macs);
}

static void add_attention(cJSON *array, const struct spikeq_report *report, size_t index)
{
    struct spikeq_attention attention;
    sq_report_attention(report, index, &attention);
    cJSON *object = cJSON_CreateObject();
    sq_json_append(array, object);
    sq_json_add_text(object, "name", attention.name);
    sq_json_add_text(object, "order", attention.order);
    sq_json_add_text(object, "target", attention.target);
    sq_json_count(object, "events", attention.events);
    sq_json_count(object, "first_product_additions", attention.first_additions);
    sq_json_count(object, "second_product_additions", attention.second_additions);
    sq_json_count(object, "additions", attention.additions);
    sq_json_count(object, "unit_additions", attention.unit_additions);
    sq_json_count(object, "dense_additions", attention.dense_additions);
}

static void add_totals(cJSON *root, const struct spikeq_summary *summary)
{
    cJSON *totals = sq_json_add_object(root, "totals");
    sq_json_count(totals, "additions", summary->additions);
    sq_json_count(totals, "dense_additions", summary->dense_additions);
    sq_json_count(totals, "macs_done", summary->macs);
}

/* The only part that may differ between two runs of the same model, config and input. */
static void add_timing(cJSON *root, const struct spikeq_report *report,
                       const struct spikeq_summary *summary)
{
    cJSON *timing = sq_json_add_object(root, "timing");
    sq_json_add_number(timing, "seconds", summary->seconds);
    sq_json_add_number(timing, "samples_per_second", summary->samples_per_second);
    if (summary->ranks > 0)
        sq_json_count(timing, "ranks", summary->ranks);
    if (report->merge_seconds > 0)
        sq_json_add_number(timing, "merge_seconds", report->merge_seconds);
    sq_json_count(timing, "threads", summary->threads);
    sq_json_count(timing, "batch", summary->batch);
    sq_json_add_text(timing, "schedule", summary->schedule);
    sq_json_add_text(timing, "isa", summary->isa);
    if (summary->plan[0] != '\0') {
        cJSON *plan = sq_json_add_object(timing, "plan");
        sq_json_add_text(plan, "file", summary->plan);
        sq_json_count(plan, "layers", summary->plan_layers);
    }
    sq_report_add_profile(timing, report, summary);
}

static void add_all(cJSON *root, const struct spikeq_report *report)
{
    struct spikeq_summary summary;
    sq_report_summary(report, &summary);
    sq_json_add_text(root, "format", "spikeq report");
    sq_json_count(root, "version", REPORT_VERSION);
    sq_json_add_text(root, "spikeq", SQ_VERSION);
    add_model(root, report->network);
    add_config(root, &report->network->config);
    sq_json_add_item(root, "graph", sq_graph_to_object(&report->network->graph));
    add_input(root, report);
    sq_report_add_arith(root, report);
    sq_json_add_item(root, "warnings", sq_warnings_to_json(&report->warnings));
    if (report->shard.of > 0)
        sq_json_add_item(root, "shard", sq_shard_to_json(report, report->n_whole, 1));
    sq_json_add_bool(root, "complete", summary.n_samples == report->n_planned);
    sq_json_count(root, "samples", summary.n_samples);
    if (summary.most_spikes > 1)
        sq_json_count(root, "most_spikes", summary.most_spikes);
    if (summary.couple_batch > 0)
        sq_json_count(root, "couple_batch", summary.couple_batch);
    if (summary.n_labelled > 0) {
        sq_json_count(root, "correct", summary.n_correct);
        sq_json_add_number(root, "accuracy", summary.accuracy);
    }
    cJSON *populations = sq_json_add_array(root, "populations");
    for (size_t i = 0; i < report->n_populations; i++)
        add_population(populations, report, i);
    cJSON *synapses = sq_json_add_array(root, "synapses");
    for (size_t i = 0; i < report->n_synapses; i++)
        add_synapse(synapses, report, i);
    cJSON *attention = sq_json_add_array(root, "attention");
    for (size_t i = 0; i < report->n_attentions; i++)
        add_attention(attention, report, i);
    add_totals(root, &summary);
    sq_json_add_item(root, "counters", sq_counters_to_json(sq_record_counters(report->record)));
    sq_json_add_item(root, "each", sq_samples_to_json(sq_record_samples(report->record)));
    add_timing(root, report, &summary);
}

int sq_report_json(struct sq_error *err, const struct spikeq_report *report, char **text)
{
    cJSON *root = cJSON_CreateObject();
    *text = NULL;
    add_all(root, report);
    return sq_page_json(err, root, text);
}
