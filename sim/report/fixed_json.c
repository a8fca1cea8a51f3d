#include "sim/report/fixed_json.h"

#include "sim/json/json.h"

#include <string.h>

static void add_settings(cJSON *to, const struct sq_fixed_settings *settings)
{
    sq_json_count(to, "weight_bits", settings->weight_bits);
    sq_json_count(to, "membrane_bits", settings->membrane_bits);
    sq_json_count(to, "pixel_bits", settings->pixel_bits);
    sq_json_add_number(to, "pixel_exponent", sq_pixel_exponent(settings));
    sq_json_add_number(to, "pixel_max", settings->pixel_max);
    sq_json_add_text(to, "scale", settings->by_layer ? "layer" : "channel");
    sq_json_add_text(to, "rounding", settings->rounding == SQ_ROUND_DOWN ? "down" : "nearest");
}

/* Lowest and highest exponent of a layer's channels. */
static void add_exponents(cJSON *to, const struct sq_node *node)
{
    int low = SQ_MAX_EXPONENT, high = SQ_MIN_EXPONENT;
    for (uint32_t o = 0; o < node->shape.n_channels; o++) {
        const int e = node->fixed->exponent[o];
        low = e < low ? e : low;
        high = e > high ? e : high;
    }
    sq_json_add_number(to, "exponent_min", low);
    sq_json_add_number(to, "exponent_max", high);
}

/* Additions (multiply-accumulates of the first convolution) and what they move, in bits. */
static void add_traffic(cJSON *to, const struct spikeq_report *report, size_t index)
{
    const struct sq_fixed *fixed = report->synapse[index]->fixed;
    const uint32_t weight_bits = report->network->fixed.weight_bits;
    struct spikeq_synapse synapse;
    sq_report_synapse(report, index, &synapse);
    const uint64_t operations = synapse.macs > 0 ? synapse.macs : synapse.additions;
    sq_json_count(to, "weight_bits", weight_bits);
    sq_json_add_number(to, "weight_error", fixed->weight_error);
    sq_json_count(to, "operations", operations);
    sq_json_count(to, "adder_bit_operations", operations * fixed->sum_bits);
    sq_json_count(to, "weight_bits_fetched", operations * weight_bits);
}

/* The same of attention's products, which read no weights. */
static void add_attention_traffic(cJSON *to, const struct spikeq_report *report,
                                  const struct sq_node *node)
{
    struct spikeq_attention attention;
    size_t i = 0;
    while (report->attention[i] != node)
        i++;
    sq_report_attention(report, i, &attention);
    sq_json_count(to, "operations", attention.additions);
    sq_json_count(to, "adder_bit_operations", attention.additions * node->fixed->sum_bits);
}

static size_t index_of_synapse(const struct spikeq_report *report, const struct sq_node *node)
{
    size_t i = 0;
    while (i < report->n_synapses && report->synapse[i] != node)
        i++;
    return i;
}

/* One population and the synapse in front of it. */
static void add_layer(cJSON *layers, const struct spikeq_report *report, const struct sq_node *node)
{
    const struct sq_fixed *fixed = node->fixed;
    const size_t synapse = index_of_synapse(report, node);
    const uint64_t updates = (uint64_t)node->shape.n_rows * node->shape.n_channels *
                             report->network->config.timesteps * report->totals.n_samples;
    cJSON *layer = cJSON_CreateObject();
    sq_json_append(layers, layer);
    sq_json_add_text(layer, "name", node->name);
    add_exponents(layer, node);
    sq_json_count(layer, "largest_sum", fixed->largest_sum);
    sq_json_count(layer, "adder_bits", fixed->sum_bits);
    sq_json_count(layer, "accumulator_bits", 8 * fixed->sum_bytes);
    sq_json_count(layer, "guard_bits", fixed->guard_bits);
    sq_json_count(layer, "membrane_bits", fixed->membrane_bits);
    sq_json_count(layer, "membrane_updates", updates);
    sq_json_count(layer, "membrane_bit_updates", updates * fixed->membrane_bits);
    if (synapse < report->n_synapses)
        add_traffic(layer, report, synapse);
    else
        add_attention_traffic(layer, report, node);
}

void sq_report_add_arith(cJSON *root, const struct spikeq_report *report)
{
    const struct sq_network *network = report->network;
    struct sq_fixed_settings settings;
    const int is_fixed = sq_arith_parse(network->arith, &settings);
    sq_json_add_text(root, "arith", is_fixed ? "fixed" : network->arith);
    if (!is_fixed)
        return;
    cJSON *fixed = sq_json_add_object(root, "fixed");
    add_settings(fixed, &settings);
    if (!network->is_fixed)
        return;
    sq_json_count(fixed, "model_bits", sq_fixed_model_bits(network));
    cJSON *layers = sq_json_add_array(fixed, "layers");
    for (size_t i = 0; i < report->n_populations; i++)
        add_layer(layers, report, report->population[i]);
}
