#include "sim/account/count/counters_json.h"

#include "sim/account/count/counters_json_fields.h"
#include "sim/json/decimal.h"
#include "sim/json/json.h"

#include <inttypes.h>
#include <stdio.h>

static void add_real(cJSON *object, const char *key, double value)
{
    char text[SQ_DECIMAL_BYTES];
    sq_json_add_raw(object, key, sq_decimal(text, value));
}

static cJSON *step_to_json(const struct sq_op_count *step)
{
    cJSON *object = cJSON_CreateObject();
#define XX(key, member)    \
    if (step->member != 0) \
        sq_json_count(object, key, step->member);
    SQ_STEP_FIELDS(XX)
#undef XX
    return object;
}

/* What rounding took from a sum: numbers that, added exactly, make it whole again. */
static void add_rest(cJSON *object, const struct sq_op_group *group)
{
    char text[SQ_DECIMAL_BYTES];
    struct sq_exact_sum rest;
    if (group->exact == NULL)
        return;
    rest = *group->exact;
    sq_exact_sum_take(&rest);
    double part = sq_exact_sum_take(&rest);
    if (part == 0)
        return;
    cJSON *list = sq_json_add_array(object, "real_rest");
    for (; part != 0; part = sq_exact_sum_take(&rest))
        sq_json_append(list, cJSON_CreateRaw(sq_decimal(text, part)));
}

/* with_first: there are several groups, whose order it tells. */
static cJSON *group_to_json(const struct sq_op_group *group, int with_first)
{
    cJSON *object = cJSON_CreateObject();
#define XX(key, member) sq_json_count(object, key, group->member);
    SQ_GROUP_FIELDS(XX)
#undef XX
    if (with_first)
        sq_json_count(object, "first", group->first);
    add_real(object, "min", group->min);
    add_real(object, "max", group->max);
    add_real(object, "real_sum", group->real_sum);
    add_rest(object, group);
    cJSON *is = sq_json_add_array(object, "is");
#define XX(key, bit)       \
    if (group->is & (bit)) \
        sq_json_append(is, cJSON_CreateString(key));
    SQ_IS_FIELDS(XX)
#undef XX
    cJSON *steps = sq_json_add_array(object, "steps");
    for (size_t t = 0; t < group->n_steps; t++)
        sq_json_append(steps, step_to_json(&group->step[t]));
    return object;
}

cJSON *sq_counters_to_json(const struct sq_counters *counters)
{
    cJSON *object = cJSON_CreateObject();
    if (object == NULL)
        return NULL;
    sq_json_count(object, "version", SQ_COUNTERS_VERSION);
    sq_json_count(object, "timesteps", counters->timesteps);
    sq_json_count(object, "samples", counters->n_samples);
    sq_json_count(object, "batch", counters->batch);
    cJSON *ops = sq_json_add_array(object, "ops");
    for (size_t i = 0; i < counters->n_ops; i++) {
        const struct sq_op *op = &counters->op[i];
        cJSON *item = cJSON_CreateObject();
        sq_json_append(ops, item);
        sq_json_add_text(item, "name", op->name);
        if (op->weights > 0)
            sq_json_count(item, "weight_zeros", op->weight_zeros);
        if (op->adder_bits > 0)
            sq_json_count(item, "adder_bits", op->adder_bits);
        if (op->factor_bits > 0)
            sq_json_count(item, "factor_bits", op->factor_bits);
        cJSON *groups = sq_json_add_array(item, "groups");
        for (size_t g = 0; g < op->n_groups; g++)
            sq_json_append(groups, group_to_json(&op->group[g], op->n_groups > 1));
    }
    return object;
}
