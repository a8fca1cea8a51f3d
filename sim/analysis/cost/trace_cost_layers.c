/* Layers by the exact convention, timestep by timestep. */
#include "sim/analysis/cost/trace_cost.h"
#include "sim/analysis/scope/figure_json.h"

#include <stdlib.h>

/* The population that operation i feeds, or its own: the first neurons behind it; the classifier has
 * none, and stands for itself. */
static const char *population_of(const struct sq_counters *counters, size_t i)
{
    size_t at = i;
    while (!counters->op[i].is_head && at < counters->n_ops &&
           counters->op[at].kind != SQ_OP_NEURON)
        at++;
    return counters->op[at < counters->n_ops ? at : i].name;
}

static int is_priced(const struct sq_op *op, const struct sq_hardware *hardware)
{
    const struct sq_price *price = hardware->price;
    const int has_neurons = price[SQ_PRICE_UPDATE].energy_pj > 0 ||
                            price[SQ_PRICE_UPDATE_SILENT].energy_pj > 0 ||
                            price[SQ_PRICE_SPIKE].energy_pj > 0;
    return sq_op_is_synaptic(op) || (op->kind == SQ_OP_NEURON && has_neurons);
}

/* An operation over all timesteps, then at each; `room` [2][T] has their place. */
static void put_layer(cJSON *list, const struct sq_trace_cost *cost, size_t i, uint64_t *count,
                      double *energy)
{
    const struct sq_op *op = &cost->source.counters.op[i];
    const struct sq_cost *whole = &cost->bill[SQ_EXACT].cost[i];
    const uint32_t timesteps = cost->source.counters.timesteps;
    for (uint32_t t = 0; t < timesteps; t++) {
        const struct sq_cost *at = &cost->step[t].cost[i];
        count[t] = at->n_acs;
        count[timesteps + t] = at->n_macs;
        energy[t] = at->energy_pj / 1e9;
    }
    cJSON *layer = cJSON_CreateObject();
    sq_json_append(list, layer);
    sq_json_add_text(layer, "name", op->name);
    sq_json_add_text(layer, "kind", sq_op_kind_name(op->kind));
    sq_json_add_text(layer, "population", population_of(&cost->source.counters, i));
    if (whole->is_by_width)
        sq_put_count(layer, "adder_bits", op->adder_bits);
    sq_put_count(layer, "additions", whole->n_acs);
    sq_put_count(layer, "macs", whole->n_macs);
    sq_put_real(layer, "energy_mj_per_sample", whole->energy_pj / 1e9);
    sq_put_counts(layer, "additions_per_timestep", count, timesteps, 1);
    sq_put_counts(layer, "macs_per_timestep", count + timesteps, timesteps, 1);
    sq_put_reals(layer, "energy_mj_per_sample_per_timestep", energy, timesteps);
}

static void put_layers(cJSON *list, const struct sq_trace_cost *cost, uint64_t *count,
                       double *energy)
{
    for (size_t i = 0; i < cost->source.counters.n_ops; i++)
        if (is_priced(&cost->source.counters.op[i], cost->hardware))
            put_layer(list, cost, i, count, energy);
}

void sq_trace_cost_layers(cJSON *to, const struct sq_trace_cost *cost)
{
    const uint32_t timesteps = cost->source.counters.timesteps;
    uint64_t *count = calloc(2 * (size_t)timesteps, sizeof *count);
    double *energy = calloc(timesteps, sizeof *energy);
    if (count == NULL || energy == NULL) {
        sq_json_fail(to);
    } else {
        for (uint32_t t = 0; t < timesteps; t++)
            energy[t] = cost->step[t].energy_mj;
        sq_put_reals(to, "energy_mj_per_sample_per_timestep", energy, timesteps);
        put_layers(sq_json_add_array(to, "layers"), cost, count, energy);
    }
    free(count);
    free(energy);
}
