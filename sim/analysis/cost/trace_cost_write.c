/* The figures of cost: layers, conventions, classes, and whether wrong answers cost more. */
#include "sim/account/price/paper_views.h"
#include "sim/analysis/cost/trace_cost.h"
#include "sim/analysis/scope/figure_json.h"
#include "sim/json/json.h"

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

/* For samples with label and prediction: additions against correctness. */
static void put_correlation(cJSON *to, const struct sq_trace_cost *cost,
                            const struct sq_scope *scope)
{
    const struct sq_sample *sample = sq_record_samples(cost->record)->sample;
    double *x = calloc(2 * scope->n_samples, sizeof *x), *y = x + scope->n_samples, r[3];
    size_t n = 0;
    if (x == NULL)
        sq_json_fail(to);
    for (uint64_t i = 0; x != NULL && i < scope->n_samples; i++)
        if (scope->sample[i].label >= 0 && scope->sample[i].prediction >= 0) {
            x[n] = (double)sample[i].acs;
            y[n++] = scope->sample[i].label == scope->sample[i].prediction;
        }
    if (n > 1) {
        cJSON *object = sq_json_add_object(to, "correlation_of_additions_with_correct");
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
    const struct sq_spread spread = sq_samples_spread(samples, cost->hardware, SQ_EXACT, label);
    const int is_by_width = cost->bill[SQ_EXACT].is_by_width;
    uint64_t additions = 0, macs = 0;
    for (uint64_t i = 0; i < scope->n_samples; i++)
        if (scope->sample[i].label == label) {
            additions += samples->sample[i].acs;
            macs += samples->sample[i].macs;
        }
    cJSON *object = cJSON_CreateObject();
    sq_json_append(list, object);
    sq_put_count(object, "label", (uint64_t)label);
    sq_put_count(object, "samples", spread.n);
    sq_put_real(object, "additions_per_sample", (double)additions / (double)spread.n);
    sq_put_real(object, "macs_per_sample", (double)macs / (double)spread.n);
    sq_put_real(object, "energy_mj_per_sample", is_by_width ? NAN : spread.mean_mj);
    sq_put_real(object, "energy_mj_sd", spread.n > 1 && !is_by_width ? spread.std_mj : NAN);
}

/* How additions are priced: by the width of each layer's adder, or all alike. */
static const char *adders_of(const struct sq_bill *bill)
{
    return bill->is_by_width                                   ? "by width"
           : sq_convention_is(bill->convention, SQ_OWN_PRICES) ? "of the convention"
                                                               : "of the profile";
}

/* By whose view, where a paper's was priced, and what of it could not be checked. */
static void put_view(cJSON *object, const struct sq_counters *counters, const struct sq_bill *bill)
{
    const struct sq_switches switches = sq_switches_default();
    const struct sq_paper_view *view = sq_convention_is(bill->convention, SQ_BY_VIEW)
                                           ? sq_paper_view_of(counters, &switches)
                                           : NULL;
    if (view == NULL)
        return;
    sq_json_add_text(object, "view", view->name);
    sq_json_add_text(object, "source", view->source);
    if (view->assumed[0] != '\0')
        sq_json_add_text(object, "assumed", view->assumed);
}

/* Energy of each layer by each convention of the field, per sample. */
static void put_convention(cJSON *list, const struct sq_counters *counters,
                           const struct sq_bill *bill)
{
    cJSON *object = cJSON_CreateObject();
    sq_json_append(list, object);
    sq_json_add_text(object, "name", sq_convention_table[bill->convention].name);
    put_view(object, counters, bill);
    sq_json_add_text(object, "adders", adders_of(bill));
    sq_put_real(object, "additions_per_sample", bill->acs);
    sq_put_real(object, "macs_per_sample", bill->macs);
    sq_put_real(object, "energy_mj_per_sample", bill->energy_mj);
    cJSON *layers = sq_json_add_array(object, "layers");
    for (size_t i = 0; i < counters->n_ops; i++) {
        const struct sq_cost *cost = &bill->cost[i];
        if (cost->acs == 0 && cost->macs == 0 && cost->energy_pj == 0) /* NaN is a cost */
            continue;
        cJSON *layer = cJSON_CreateObject();
        sq_json_append(layers, layer);
        sq_json_add_text(layer, "name", counters->op[i].name);
        sq_put_real(layer, "additions_per_sample", cost->acs);
        sq_put_real(layer, "macs_per_sample", cost->macs);
        sq_put_real(layer, "energy_mj_per_sample", cost->energy_pj / 1e9);
    }
}

/* The same network as an ANN: every layer dense, one pass, multiply-accumulates. */
static void put_ann(cJSON *to, const struct sq_counters *counters,
                    const struct sq_hardware *hardware)
{
    cJSON *object = sq_json_add_object(to, "ann");
    sq_put_real(object, "macs_per_sample", sq_ann_macs(counters));
    sq_put_real(object, "energy_mj_per_sample", sq_ann_mj(counters, hardware));
    cJSON *layers = sq_json_add_array(object, "layers");
    for (size_t i = 0; i < counters->n_ops; i++) {
        const double macs = sq_op_dense(&counters->op[i]);
        if (macs == 0)
            continue;
        cJSON *layer = cJSON_CreateObject();
        sq_json_append(layers, layer);
        sq_json_add_text(layer, "name", counters->op[i].name);
        sq_put_real(layer, "macs_per_sample", macs);
        sq_put_real(layer, "energy_mj_per_sample", sq_operations_pj(hardware, NULL, 0, macs) / 1e9);
    }
}

/* By which convention and prices, and the energy of a sample. */
static void put_totals(cJSON *to, const struct sq_trace_cost *cost)
{
    const struct sq_bill *exact = &cost->bill[SQ_EXACT];
    const struct sq_spread all =
        sq_samples_spread(sq_record_samples(cost->record), cost->hardware, SQ_EXACT, SQ_ALL_LABELS);
    sq_json_add_text(to, "convention", sq_convention_table[SQ_EXACT].name);
    sq_json_add_text(to, "hardware", cost->hardware->name);
    sq_json_add_text(to, "adders", adders_of(exact));
    sq_put_real(to, "mac_energy_pj", sq_price_of(cost->hardware, SQ_PRICE_MAC, 1));
    sq_put_real(to, "ac_energy_pj", sq_price_of(cost->hardware, SQ_PRICE_AC, 1));
    sq_put_real(to, "energy_mj_per_sample", exact->energy_mj);
    sq_put_real(to, "energy_mj_sd", all.n > 1 && !exact->is_by_width ? all.std_mj : NAN);
}

int sq_trace_cost_write(struct sq_error *err, cJSON *to, struct sq_trace_cost *cost,
                        const struct sq_scope *scope)
{
    const struct sq_counters *counters = &cost->source.counters;
    const int status = sq_trace_cost_price(err, cost, scope->path);
    if (status != SQ_OK)
        return status;
    put_totals(to, cost);
    sq_trace_cost_layers(to, cost);
    if (scope->n_labels > 0) {
        cJSON *list = sq_json_add_array(to, "per_label");
        for (uint32_t i = 0; i < scope->n_labels; i++)
            put_label(list, cost, scope, scope->label[i]);
    }
    if (scope->n_judged > 1)
        put_correlation(to, cost, scope);
    put_ann(to, counters, cost->hardware);
    cJSON *list = sq_json_add_array(to, "conventions");
    for (size_t i = 0; i < cost->n_bills; i++)
        put_convention(list, counters, &cost->bill[i]);
    return SQ_OK;
}
