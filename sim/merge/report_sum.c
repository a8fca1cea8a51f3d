#include "sim/merge/report_sum.h"

#include "sim/account/count/counters_json.h"
#include "sim/json/page.h"
#include "sim/json/warnings_json.h"
#include "sim/merge/report_tree.h"

#include <string.h>

const char *const sq_report_part_name[SQ_REPORT_PARTS] = {"populations", "synapses", "attention",
                                                          "totals",      "fixed",    "recordings"};

double sq_report_number(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsNumber(item) ? item->valuedouble : 0;
}

static double ratio(uint64_t part, double whole)
{
    return whole > 0 ? (double)part / whole : 0;
}

/* Rates follow from what the neurons of the population counted. SQ_EFORMAT: they did not. */
static int put_population(struct sq_error *err, const struct sq_report_sum *sum, cJSON *list,
                          const cJSON *part)
{
    const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(part, "name"));
    const struct sq_op *op = name != NULL ? sq_counters_find(&sum->counters, name) : NULL;
    const double spikes = sq_report_number(part, "spikes");
    if (op == NULL || op->kind != SQ_OP_NEURON || (double)sq_op_sum(op).out_nonzeros != spikes)
        return sq_fail(err, SQ_EFORMAT, "%s: populations: %.64s has other spikes than counters",
                       sum->first.path, name != NULL ? name : "(no name)");
    const uint32_t timesteps = sum->counters.timesteps;
    const double whole =
        (double)(op->n_out * (op->levels > 1 ? op->levels : 1)) * (double)sum->counters.n_samples;
    cJSON *object = cJSON_CreateObject();
    sq_json_append(list, object);
    sq_json_add_text(object, "name", name);
    sq_report_tree_put(object, "neurons", cJSON_GetObjectItemCaseSensitive(part, "neurons"));
    sq_json_count(object, "timesteps", timesteps);
    sq_json_count(object, "spikes", (uint64_t)spikes);
    sq_json_add_number(object, "rate", ratio((uint64_t)spikes, whole * (double)timesteps));
    cJSON *rates = sq_json_add_array(object, "rate_per_timestep");
    for (uint32_t t = 0; t < timesteps; t++) {
        uint64_t own = 0;
        for (size_t g = 0; g < op->n_groups; g++)
            own += t < op->group[g].n_steps ? op->group[g].step[t].out_nonzeros : 0;
        sq_json_append(rates, cJSON_CreateNumber(ratio(own, whole)));
    }
    return SQ_OK;
}

static int put_populations(struct sq_error *err, const struct sq_report_sum *sum, cJSON *root)
{
    cJSON *list = sq_json_add_array(root, sq_report_part_name[SQ_PART_POPULATIONS]);
    const cJSON *item;
    int status = SQ_OK;
    cJSON_ArrayForEach(item, sum->part[SQ_PART_POPULATIONS])
    {
        if (status == SQ_OK)
            status = put_population(err, sum, list, item);
    }
    return status;
}

static void put_input(const struct sq_report_sum *sum, cJSON *root)
{
    cJSON *input = sq_json_add_object(root, "input");
    const cJSON *item;
    cJSON_ArrayForEach(item, sq_report_text_member(&sum->first, "input"))
    {
        if (strcmp(item->string, sq_report_part_name[SQ_PART_RECORDINGS]) != 0 ||
            !sum->lacks_recordings)
            sq_report_tree_put(input, item->string, item);
    }
}

/* Before the figures: what was run, in the order of a run's report. */
static void put_head(const struct sq_report_sum *sum, cJSON *root)
{
    static const char *const copied[] = {"format", "version", "spikeq", "model", "config", "graph"};
    for (size_t i = 0; i < sizeof copied / sizeof copied[0]; i++)
        if (sq_report_text_member(&sum->first, copied[i]) != NULL)
            sq_report_text_copy(root, copied[i], &sum->first);
    put_input(sum, root);
    sq_report_text_copy(root, "arith", &sum->first);
    if (sum->part[SQ_PART_FIXED] != NULL)
        sq_report_tree_put(root, sq_report_part_name[SQ_PART_FIXED], sum->part[SQ_PART_FIXED]);
    sq_json_add_item(root, "warnings", sq_warnings_to_json(sum->warnings));
    sq_json_add_bool(root, "complete", 1);
    sq_json_count(root, "samples", sum->counters.n_samples);
    for (size_t i = 0; i < 2; i++) {
        const char *key = i == 0 ? "most_spikes" : "couple_batch";
        if (sq_report_text_member(&sum->first, key) != NULL)
            sq_report_text_copy(root, key, &sum->first);
    }
}

static void put_accuracy(const struct sq_report_sum *sum, cJSON *root)
{
    uint64_t n_labelled = 0;
    for (size_t i = 0; i < sum->samples.n; i++)
        n_labelled += sum->samples.sample[i].label >= 0;
    if (n_labelled == 0)
        return;
    sq_json_count(root, "correct", sum->n_correct);
    sq_json_add_number(root, "accuracy", (double)sum->n_correct / (double)n_labelled);
}

static int put_all(struct sq_error *err, const struct sq_report_sum *sum, cJSON *root)
{
    put_head(sum, root);
    put_accuracy(sum, root);
    const int status = put_populations(err, sum, root);
    for (int i = SQ_PART_SYNAPSES; i <= SQ_PART_TOTALS; i++)
        if (sum->part[i] != NULL)
            sq_report_tree_put(root, sq_report_part_name[i], sum->part[i]);
    sq_json_add_item(root, "counters", sq_counters_to_json(&sum->counters));
    sq_json_add_item(root, "each", sq_samples_to_json(&sum->samples));
    cJSON *timing = sq_json_add_object(root, "timing");
    sq_json_add_number(timing, "seconds_of_all_shards", sq_exact_sum_value(&sum->seconds));
    sq_json_count(timing, "shards", sum->n_shards);
    return status;
}

int sq_report_sum_text(struct sq_error *err, const struct sq_report_sum *sum, char **text)
{
    cJSON *root = cJSON_CreateObject();
    const int status = put_all(err, sum, root);
    if (status == SQ_OK)
        return sq_page_json(err, root, text);
    cJSON_Delete(root);
    return status;
}
