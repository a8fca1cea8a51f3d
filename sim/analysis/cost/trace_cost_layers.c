/* Layers by the exact convention, timestep by timestep. */
#include "sim/account/price/exact.h"
#include "sim/analysis/cost/trace_cost.h"
#include "sim/analysis/scope/figure_json.h"

#include <stdlib.h>
#include <string.h>

/* What one operation cost at one timestep, all samples. */
struct price {
    uint64_t additions, macs;
    double energy_pj;
};

/* Add a group's timestep; what runs once a sample runs at the last one. */
static void add_group(const struct sq_op *op, const struct sq_op_group *group, uint32_t t,
                      uint32_t timesteps, const struct sq_price *price, struct price *out)
{
    const struct sq_switches switches = sq_switches_default();
    if (group->n_steps == 1 && t + 1 < timesteps)
        return;
    const struct sq_op_count *step = &group->step[group->n_steps > 1 ? t : 0];
    const struct sq_exact exact = sq_exact_of(op, step, group->n_calls, group->is);
    out->additions += sq_exact_acs(op, &exact, &switches);
    out->macs += sq_exact_macs(op, &exact, &switches);
    if (op->kind == SQ_OP_NEURON)
        out->energy_pj +=
            (double)exact.spikes * price[SQ_PRICE_UPDATE].energy_pj +
            (double)(exact.updates - exact.spikes) * price[SQ_PRICE_UPDATE_SILENT].energy_pj +
            (double)exact.spikes * price[SQ_PRICE_SPIKE].energy_pj;
}

static struct price price_at(const struct sq_op *op, uint32_t t, uint32_t timesteps,
                             const struct sq_hardware *hardware)
{
    const struct sq_price *price = hardware->price;
    struct price out = {0, 0, 0};
    for (size_t g = 0; g < op->n_groups; g++)
        add_group(op, &op->group[g], t, timesteps, price, &out);
    out.energy_pj += sq_operations_pj(hardware, op, (double)out.additions, (double)out.macs);
    return out;
}

/* The population that the operation's weights, attention or neurons belong to. */
static const char *population_of(const struct sq_network *network, const struct sq_op *op)
{
    for (size_t n = 0; n < network->n_nodes; n++) {
        const struct sq_node *node = &network->node[n];
        const size_t stem = strlen(node->name) - strlen("attn_lif");
        if ((node->synapse != NULL && strcmp(node->synapse->name, op->name) == 0) ||
            (op->kind == SQ_OP_NEURON && strcmp(node->name, op->name) == 0) ||
            (op->kind == SQ_OP_SSA && node->kind == SQ_NODE_ATTEND &&
             strncmp(node->name, op->name, stem) == 0))
            return node->name;
    }
    return "head";
}

static int is_priced(const struct sq_op *op, const struct sq_hardware *hardware)
{
    const struct sq_price *price = hardware->price;
    const int has_neurons = price[SQ_PRICE_UPDATE].energy_pj > 0 ||
                            price[SQ_PRICE_UPDATE_SILENT].energy_pj > 0 ||
                            price[SQ_PRICE_SPIKE].energy_pj > 0;
    return op->kind == SQ_OP_CONV || op->kind == SQ_OP_LINEAR || op->kind == SQ_OP_SSA ||
           (op->kind == SQ_OP_NEURON && has_neurons);
}

/* [3][T]: additions, macs, energy of each timestep; `room` has their place. */
static void put_layer(cJSON *list, const struct sq_trace_cost *cost, const struct sq_op *op,
                      uint64_t *count, double *energy)
{
    const struct sq_counters *counters = sq_record_counters(cost->record);
    const uint32_t timesteps = counters->timesteps;
    const double n = (double)counters->n_samples;
    uint64_t additions = 0, macs = 0;
    double energy_mj = 0;
    for (uint32_t t = 0; t < timesteps; t++) {
        const struct price price = price_at(op, t, timesteps, cost->hardware);
        count[t] = price.additions;
        count[timesteps + t] = price.macs;
        energy[t] = price.energy_pj / 1e9 / n;
        additions += price.additions;
        macs += price.macs;
        energy_mj += energy[t];
    }
    cJSON *layer = cJSON_CreateObject();
    sq_json_append(list, layer);
    sq_json_add_text(layer, "name", op->name);
    sq_json_add_text(layer, "kind", sq_op_kind_name(op->kind));
    sq_json_add_text(layer, "population", population_of(cost->network, op));
    sq_put_count(layer, "additions", additions);
    sq_put_count(layer, "macs", macs);
    sq_put_real(layer, "energy_mj_per_sample", energy_mj);
    sq_put_counts(layer, "additions_per_timestep", count, timesteps, 1);
    sq_put_counts(layer, "macs_per_timestep", count + timesteps, timesteps, 1);
    sq_put_reals(layer, "energy_mj_per_sample_per_timestep", energy, timesteps);
}

void sq_trace_cost_layers(cJSON *to, const struct sq_trace_cost *cost)
{
    const struct sq_counters *counters = sq_record_counters(cost->record);
    cJSON *list = sq_json_add_array(to, "layers");
    uint64_t *count = calloc(2 * (size_t)counters->timesteps, sizeof *count);
    double *energy = calloc(counters->timesteps, sizeof *energy);
    for (size_t i = 0; count != NULL && energy != NULL && i < counters->n_ops; i++)
        if (is_priced(&counters->op[i], cost->hardware))
            put_layer(list, cost, &counters->op[i], count, energy);
    if (count == NULL || energy == NULL)
        sq_json_fail(list);
    free(count);
    free(energy);
}
