/* A comparison as JSON. */
#include "sim/replay/diff_text.h"

/* What differs first: place and sentence. */
static void add_first(cJSON *root, const struct sq_diff *diff)
{
    const struct sq_difference *first = &diff->found->first;
    const struct sq_trace_population *population =
        &sq_trace_plan_of(diff->a)->population[diff->found->first_population];
    char text[SQ_DIFFERENCE_TEXT];
    uint64_t coordinate[SQ_TRACE_MAX_DIMS];
    cJSON *object = cJSON_AddObjectToObject(root, "first");
    sq_difference_text(population, first, sq_trace_path(diff->a), sq_trace_path(diff->b), text);
    cJSON_AddNumberToObject(object, "sample", (double)first->sample);
    cJSON_AddNumberToObject(object, "timestep", first->timestep);
    cJSON_AddStringToObject(object, "population", population->name);
    if (first->kind == SQ_DIFFERS_SPIKE || first->kind == SQ_DIFFERS_VALUE) {
        cJSON *neuron = cJSON_AddArrayToObject(object, "neuron");
        sq_coordinates(population, first->element, coordinate);
        for (uint32_t i = 0; i < population->n_dims; i++)
            cJSON_AddItemToArray(neuron, cJSON_CreateNumber((double)coordinate[i]));
    }
    cJSON_AddNumberToObject(object, "a", (double)first->a);
    cJSON_AddNumberToObject(object, "b", (double)first->b);
    cJSON_AddStringToObject(object, "text", text);
}

static cJSON *number_or_null(int64_t number)
{
    return number >= 0 ? cJSON_CreateNumber((double)number) : cJSON_CreateNull();
}

/* How many samples, and the first of them, with what each trace says. */
static void add_list(cJSON *root, const char *key, const struct sq_sample_list *list,
                     int has_values)
{
    cJSON *object = cJSON_AddObjectToObject(root, key);
    cJSON_AddNumberToObject(object, "count", (double)list->n);
    cJSON *listed = cJSON_AddArrayToObject(object, "listed");
    for (uint64_t i = 0; i < list->n && i < SQ_COMPARE_LISTED; i++) {
        cJSON *entry = has_values ? cJSON_CreateObject() : cJSON_CreateNumber((double)list->id[i]);
        cJSON_AddItemToArray(listed, entry);
        if (!has_values)
            continue;
        cJSON_AddNumberToObject(entry, "sample", (double)list->id[i]);
        cJSON_AddItemToObject(entry, "a", number_or_null(list->a[i]));
        cJSON_AddItemToObject(entry, "b", number_or_null(list->b[i]));
    }
}

/* What each trace has of a figure; null where it has none. */
static void add_pair(cJSON *root, const char *key, double a, double b)
{
    cJSON *object = cJSON_AddObjectToObject(root, key);
    cJSON_AddItemToObject(object, "a", a >= 0 ? cJSON_CreateNumber(a) : cJSON_CreateNull());
    cJSON_AddItemToObject(object, "b", b >= 0 ? cJSON_CreateNumber(b) : cJSON_CreateNull());
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
    cJSON_AddNumberToObject(root, "logits_tolerance", diff->logits_tolerance);
    cJSON_AddNumberToObject(root, "logits_apart", found->logits_apart);
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
    cJSON_AddStringToObject(object, "name", plan->population[diff->found->population[i]].name);
    cJSON *counts = cJSON_AddArrayToObject(object, "mismatches_per_timestep");
    for (uint32_t t = 0; t < plan->timesteps; t++) {
        const uint64_t n = diff->found->mismatches[i * plan->timesteps + t];
        sum += n;
        cJSON_AddItemToArray(counts, cJSON_CreateNumber((double)n));
    }
    cJSON_AddNumberToObject(object, "mismatches", (double)sum);
    add_pair(object, "rate", sq_diff_rate(diff, i, 0), sq_diff_rate(diff, i, 1));
    return object;
}

cJSON *sq_diff_json(const struct sq_diff *diff)
{
    const struct sq_comparison *found = diff->found;
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "a", sq_trace_path(diff->a));
    cJSON_AddStringToObject(root, "b", sq_trace_path(diff->b));
    cJSON_AddBoolToObject(root, "equal", sq_comparison_is_equal(found));
    if (found->plan[0] != '\0') {
        cJSON_AddStringToObject(root, "plan", found->plan);
        return root;
    }
    cJSON_AddNumberToObject(root, "samples", (double)found->n_samples);
    cJSON_AddNumberToObject(root, "samples_with_mismatches", (double)found->n_samples_differ);
    cJSON_AddNumberToObject(root, "mismatches", (double)found->n_mismatches);
    if (found->has_first)
        add_first(root, diff);
    add_list(root, "only_a", &found->only_a, 0);
    add_list(root, "only_b", &found->only_b, 0);
    add_list(root, "predictions", &found->predictions, 1);
    add_list(root, "labels", &found->labels, 1);
    add_list(root, "logits", &found->logits, 0);
    add_figures(root, diff);
    cJSON *populations = cJSON_AddArrayToObject(root, "populations");
    for (size_t i = 0; i < found->n_populations; i++)
        cJSON_AddItemToArray(populations, population_json(diff, i));
    return root;
}
