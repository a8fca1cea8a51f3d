/* A comparison as JSON. */
#include "sim/json/json.h"
#include "sim/replay/diff_text.h"

/* The first difference: place and sentence. */
static void add_first(cJSON *root, const struct sq_diff *diff)
{
    const struct sq_difference *first = &diff->found->first;
    const struct sq_trace_population *population =
        &sq_trace_plan_of(diff->a)->population[diff->found->first_population];
    char text[SQ_DIFFERENCE_TEXT];
    uint64_t coordinate[SQ_TRACE_MAX_DIMS];
    cJSON *object = sq_json_add_object(root, "first");
    sq_difference_text(population, first, sq_trace_path(diff->a), sq_trace_path(diff->b), text);
    sq_json_add_number(object, "sample", (double)first->sample);
    sq_json_add_number(object, "timestep", first->timestep);
    sq_json_add_text(object, "population", population->name);
    if (first->kind == SQ_DIFFERS_SPIKE || first->kind == SQ_DIFFERS_VALUE) {
        cJSON *neuron = sq_json_add_array(object, "neuron");
        sq_coordinates(population, first->element, coordinate);
        for (uint32_t i = 0; i < population->n_dims; i++)
            sq_json_append(neuron, cJSON_CreateNumber((double)coordinate[i]));
    }
    sq_json_add_number(object, "a", (double)first->a);
    sq_json_add_number(object, "b", (double)first->b);
    sq_json_add_text(object, "text", text);
}

static cJSON *number_or_null(int64_t number)
{
    return number >= 0 ? cJSON_CreateNumber((double)number) : cJSON_CreateNull();
}

/* How many samples, and the first of them, with what each trace says. */
static void add_list(cJSON *root, const char *key, const struct sq_sample_list *list,
                     int has_values)
{
    cJSON *object = sq_json_add_object(root, key);
    sq_json_add_number(object, "count", (double)list->n);
    cJSON *listed = sq_json_add_array(object, "listed");
    for (uint64_t i = 0; i < list->n && i < SQ_COMPARE_LISTED; i++) {
        cJSON *entry = has_values ? cJSON_CreateObject() : cJSON_CreateNumber((double)list->id[i]);
        sq_json_append(listed, entry);
        if (!has_values)
            continue;
        sq_json_add_number(entry, "sample", (double)list->id[i]);
        sq_json_add_item(entry, "a", number_or_null(list->a[i]));
        sq_json_add_item(entry, "b", number_or_null(list->b[i]));
    }
}

/* A figure of both traces; null where a trace lacks it. */
static void add_pair(cJSON *root, const char *key, double a, double b)
{
    cJSON *object = sq_json_add_object(root, key);
    sq_json_add_item(object, "a", a >= 0 ? cJSON_CreateNumber(a) : cJSON_CreateNull());
    sq_json_add_item(object, "b", b >= 0 ? cJSON_CreateNumber(b) : cJSON_CreateNull());
}

static double accuracy(const struct sq_comparison *found, int which)
{
    return found->n_labelled[which] > 0
               ? (double)found->n_correct[which] / (double)found->n_labelled[which]
               : -1;
}

static void add_figures(cJSON *root, const struct sq_diff *diff)
{
    const struct sq_comparison *found = diff->found;
    sq_json_add_number(root, "logits_tolerance", diff->logits_tolerance);
    sq_json_add_number(root, "logits_apart", found->logits_apart);
    add_pair(root, "rate", sq_diff_rate(diff, found->n_populations, 0),
             sq_diff_rate(diff, found->n_populations, 1));
    add_pair(root, "accuracy", accuracy(found, 0), accuracy(found, 1));
    add_pair(root, "energy_mj", diff->energy_mj[0], diff->energy_mj[1]);
}

static cJSON *population_json(const struct sq_diff *diff, size_t i)
{
    const struct sq_trace_plan *plan = sq_trace_plan_of(diff->a);
    cJSON *object = cJSON_CreateObject();
    uint64_t sum = 0;
    sq_json_add_text(object, "name", plan->population[diff->found->population[i]].name);
    cJSON *counts = sq_json_add_array(object, "mismatches_per_timestep");
    for (uint32_t t = 0; t < plan->timesteps; t++) {
        const uint64_t n = diff->found->mismatches[i * plan->timesteps + t];
        sum += n;
        sq_json_append(counts, cJSON_CreateNumber((double)n));
    }
    sq_json_add_number(object, "mismatches", (double)sum);
    add_pair(object, "rate", sq_diff_rate(diff, i, 0), sq_diff_rate(diff, i, 1));
    return object;
}

cJSON *sq_diff_json(const struct sq_diff *diff)
{
    const struct sq_comparison *found = diff->found;
    cJSON *root = cJSON_CreateObject();
    sq_json_add_text(root, "a", sq_trace_path(diff->a));
    sq_json_add_text(root, "b", sq_trace_path(diff->b));
    sq_json_add_bool(root, "equal", sq_comparison_is_equal(found));
    if (found->plan[0] != '\0') {
        sq_json_add_text(root, "plan", found->plan);
        return root;
    }
    sq_json_add_number(root, "samples", (double)found->n_samples);
    sq_json_add_number(root, "samples_with_mismatches", (double)found->n_samples_differ);
    sq_json_add_number(root, "mismatches", (double)found->n_mismatches);
    if (found->has_first)
        add_first(root, diff);
    add_list(root, "only_a", &found->only_a, 0);
    add_list(root, "only_b", &found->only_b, 0);
    add_list(root, "predictions", &found->predictions, 1);
    add_list(root, "labels", &found->labels, 1);
    add_list(root, "logits", &found->logits, 0);
    add_figures(root, diff);
    cJSON *populations = sq_json_add_array(root, "populations");
    for (size_t i = 0; i < found->n_populations; i++)
        sq_json_append(populations, population_json(diff, i));
    return root;
}
