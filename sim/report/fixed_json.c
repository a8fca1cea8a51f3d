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

/* The same of attention's products, and of sums of spikes, which read no weights. */
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

/* Elements of a node's packets over all timesteps and samples. */
static uint64_t elements_of(const struct spikeq_report *report, const struct sq_node *node)
{
    return (uint64_t)node->shape.n_rows * node->shape.n_channels *
           report->network->config.timesteps * report->totals.n_samples;
}

/* Of a population: its membranes. */
static void add_membranes(cJSON *layer, const struct spikeq_report *report,
                          const struct sq_node *node)
{
    const struct sq_fixed *fixed = node->fixed;
    const uint64_t updates = elements_of(report, node);
    sq_json_count(layer, "guard_bits", fixed->guard_bits);
    sq_json_count(layer, "membrane_bits", fixed->membrane_bits);
    sq_json_count(layer, "membrane_updates", updates);
    sq_json_count(layer, "membrane_bit_updates", updates * fixed->membrane_bits);
}

/* The stream that a layer's current joins, or that a population or a convolution reads; NULL: neither. */
static const struct sq_fixed_stream *stream_of(const struct sq_network *network,
                                               const struct sq_node *node)
{
    return node->stream != NULL ? node->stream : network->node[node->source[0]].stream;
}

/* One population and the synapse in front of it, or a layer whose current joins a stream. */
static void add_layer(cJSON *layers, const struct spikeq_report *report, const struct sq_node *node)
{
    const struct sq_fixed *fixed = node->fixed;
    const struct sq_fixed_stream *stream = stream_of(report->network, node);
    const size_t synapse = index_of_synapse(report, node);
    cJSON *layer = cJSON_CreateObject();
    sq_json_append(layers, layer);
    sq_json_add_text(layer, "name", node->name);
    add_exponents(layer, node);
    sq_json_count(layer, "largest_sum", fixed->largest_sum);
    sq_json_count(layer, "adder_bits", fixed->sum_bits);
    sq_json_count(layer, "accumulator_bits", 8 * fixed->sum_bytes);
    if (stream != NULL)
        sq_json_add_text(layer, "stream", stream->name);
    if (!node->sends_reals)
        add_membranes(layer, report, node);
    if (synapse < report->n_synapses)
        add_traffic(layer, report, synapse);
    else if (sq_node_is_attention(node))
        add_attention_traffic(layer, report, node);
}

/* A stream and the additions that make it, each as wide as what it makes. */
static void add_stream(cJSON *streams, const struct spikeq_report *report,
                       const struct sq_fixed_stream *stream)
{
    const struct sq_network *network = report->network;
    uint64_t additions = 0, bits = 0;
    for (size_t i = 0; i < network->n_nodes; i++) {
        const struct sq_node *node = &network->node[i];
        if (node->kind != SQ_NODE_REAL_ADD || node->stream != stream)
            continue;
        additions += elements_of(report, node);
        bits += elements_of(report, node) * node->adder_bits;
    }
    cJSON *object = cJSON_CreateObject();
    sq_json_append(streams, object);
    sq_json_add_text(object, "name", stream->name);
    sq_json_add_number(object, "exponent", stream->exponent);
    sq_json_count(object, "largest", stream->largest);
    sq_json_count(object, "bits", stream->bits);
    sq_json_count(object, "additions", additions);
    sq_json_count(object, "adder_bit_operations", bits);
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
    for (size_t i = 0; i < network->n_nodes; i++)
        if (network->node[i].fixed != NULL)
            add_layer(layers, report, &network->node[i]);
    cJSON *streams = sq_json_add_array(fixed, "streams");
    for (size_t i = 0; i < network->n_streams; i++)
        add_stream(streams, report, &network->stream[i]);
}
