/* The figures of cost: layers, conventions, classes, and whether wrong answers cost more. */
#include "sim/analysis/figure_json.h"
#include "sim/analysis/trace_cost.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void sq_correlation(const double *x, const double *y, size_t n, double out[3])
{
    double mean_x = 0, mean_y = 0, xx = 0, yy = 0, xy = 0;
    for (size_t i = 0; i < n; i++) {
        mean_x += x[i];
        mean_y += y[i];
    }
    mean_x /= (double)n;
    mean_y /= (double)n;
    for (size_t i = 0; i < n; i++) {
        xx += (x[i] - mean_x) * (x[i] - mean_x);
        yy += (y[i] - mean_y) * (y[i] - mean_y);
        xy += (x[i] - mean_x) * (y[i] - mean_y);
    }
    const double r = xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : NAN;
    const double half = n > 3 ? SQ_NORMAL_975 / sqrt((double)n - 3) : NAN;
    out[0] = r;
    out[1] = tanh(atanh(r) - half);
    out[2] = tanh(atanh(r) + half);
}

/* Of the samples that have label and prediction: additions against being right. */
static void put_correlation(cJSON *to, const struct sq_trace_cost *cost,
                            const struct sq_scope *scope)
{
    const struct sq_sample *sample = sq_record_samples(cost->record)->sample;
    double *x = calloc(2 * scope->n_samples, sizeof *x), *y = x + scope->n_samples, r[3];
    size_t n = 0;
    for (uint64_t i = 0; x != NULL && i < scope->n_samples; i++)
        if (scope->sample[i].label >= 0 && scope->sample[i].prediction >= 0) {
            x[n] = (double)sample[i].acs;
            y[n++] = scope->sample[i].label == scope->sample[i].prediction;
        }
    if (n > 1) {
        cJSON *object = cJSON_AddObjectToObject(to, "correlation_of_additions_with_correct");
        sq_correlation(x, y, n, r);
        sq_put_real(object, "value", r[0]);
        sq_put_real(object, "low", r[1]);
        sq_put_real(object, "high", r[2]);
    }
    free(x);
}

static void put_label(cJSON *list, const struct sq_trace_cost *cost, const struct sq_scope *scope,
                      int64_t label)
{
    const struct sq_samples *samples = sq_record_samples(cost->record);
    const struct sq_spread spread = sq_samples_spread(samples, cost->hardware, 0, label);
    uint64_t additions = 0, macs = 0;
    for (uint64_t i = 0; i < scope->n_samples; i++)
        if (scope->sample[i].label == label) {
            additions += samples->sample[i].acs;
            macs += samples->sample[i].macs;
        }
    cJSON *object = cJSON_CreateObject();
    cJSON_AddItemToArray(list, object);
    sq_put_count(object, "label", (uint64_t)label);
    sq_put_count(object, "samples", spread.n);
    sq_put_real(object, "additions_per_sample", (double)additions / (double)spread.n);
    sq_put_real(object, "macs_per_sample", (double)macs / (double)spread.n);
    sq_put_real(object, "energy_mj_per_sample", spread.mean_mj);
    sq_put_real(object, "energy_mj_sd", spread.n > 1 ? spread.std_mj : NAN);
}

/* Energy of each layer by each convention of the field, per sample. */
static void put_convention(cJSON *list, const struct sq_counters *counters,
                           const struct sq_bill *bill)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddItemToArray(list, object);
    cJSON_AddStringToObject(object, "name", sq_convention_table[bill->convention].name);
    sq_put_real(object, "additions_per_sample", bill->acs);
    sq_put_real(object, "macs_per_sample", bill->macs);
    sq_put_real(object, "energy_mj_per_sample", bill->energy_mj);
    cJSON *layers = cJSON_AddArrayToObject(object, "layers");
    for (size_t i = 0; i < counters->n_ops; i++) {
        const struct sq_cost *cost = &bill->cost[i];
        if (cost->acs == 0 && cost->macs == 0 && cost->energy_pj == 0)
            continue;
        cJSON *layer = cJSON_CreateObject();
        cJSON_AddItemToArray(layers, layer);
        cJSON_AddStringToObject(layer, "name", counters->op[i].name);
        sq_put_real(layer, "additions_per_sample", cost->acs);
        sq_put_real(layer, "macs_per_sample", cost->macs);
        sq_put_real(layer, "energy_mj_per_sample", cost->energy_pj / 1e9);
    }
}

static int put_conventions(struct sq_error *err, cJSON *to, struct sq_trace_cost *cost)
{
    const struct sq_source source = {.counters = *sq_record_counters(cost->record),
                                     .has_counts = 1};
    const struct sq_switches switches = sq_switches_default();
    cJSON *list = cJSON_AddArrayToObject(to, "conventions");
    int status = SQ_OK;
    for (int c = 0; status == SQ_OK && c < SQ_CONVENTIONS; c++) {
        struct sq_bill bill;
        status = sq_bill_make(err, &cost->arena, &source, (enum sq_convention)c, cost->hardware,
                              &switches, &bill);
        if (status == SQ_OK)
            put_convention(list, &source.counters, &bill);
    }
    return status;
}

/* The same network as an ANN: every layer dense, one pass, multiply-accumulates. */
static void put_ann(cJSON *to, const struct sq_counters *counters,
                    const struct sq_hardware *hardware)
{
    const double pj = hardware->price[SQ_PRICE_MAC].energy_pj;
    cJSON *object = cJSON_AddObjectToObject(to, "ann");
    sq_put_real(object, "macs_per_sample", sq_ann_macs(counters));
    sq_put_real(object, "energy_mj_per_sample", pj > 0 ? sq_ann_macs(counters) * pj / 1e9 : NAN);
    cJSON *layers = cJSON_AddArrayToObject(object, "layers");
    for (size_t i = 0; i < counters->n_ops; i++) {
        const double macs = sq_op_dense(&counters->op[i]);
        if (macs == 0)
            continue;
        cJSON *layer = cJSON_CreateObject();
        cJSON_AddItemToArray(layers, layer);
        cJSON_AddStringToObject(layer, "name", counters->op[i].name);
        sq_put_real(layer, "macs_per_sample", macs);
        sq_put_real(layer, "energy_mj_per_sample", pj > 0 ? macs * pj / 1e9 : NAN);
    }
}

int sq_trace_cost_write(struct sq_error *err, cJSON *to, struct sq_trace_cost *cost,
                        const struct sq_scope *scope)
{
    const struct sq_spread all =
        sq_samples_spread(sq_record_samples(cost->record), cost->hardware, 0, SQ_ALL_LABELS);
    cJSON_AddStringToObject(to, "convention", sq_convention_table[SQ_EXACT].name);
    cJSON_AddStringToObject(to, "hardware", cost->hardware->name);
    sq_put_real(to, "mac_energy_pj", cost->hardware->price[SQ_PRICE_MAC].energy_pj);
    sq_put_real(to, "ac_energy_pj", cost->hardware->price[SQ_PRICE_AC].energy_pj);
    sq_put_real(to, "energy_mj_per_sample", all.mean_mj);
    sq_put_real(to, "energy_mj_sd", all.n > 1 ? all.std_mj : NAN);
    sq_trace_cost_layers(to, cost);
    if (scope->n_labels > 0) {
        cJSON *list = cJSON_AddArrayToObject(to, "per_label");
        for (uint32_t i = 0; i < scope->n_labels; i++)
            put_label(list, cost, scope, scope->label[i]);
    }
    if (scope->n_judged > 1)
        put_correlation(to, cost, scope);
    put_ann(to, sq_record_counters(cost->record), cost->hardware);
    return put_conventions(err, to, cost);
}
